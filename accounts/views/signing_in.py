"""The pages to sign in with."""

from __future__ import annotations

from django.contrib.auth.views import LoginView

from accounts.forms import SignInForm


class SignInView(LoginView):
    """Django's sign-in (which checks ``next``) with our form; who is signed in already goes on to the first page."""

    authentication_form = SignInForm
    template_name = "accounts/login.html"
    redirect_authenticated_user = True
