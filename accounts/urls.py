"""Sign-in and sign-out, and one's own account."""

from django.urls import path

from accounts.views import own_account
from accounts.views.signing_in import SignInView, SignOutView

app_name = "accounts"
urlpatterns = [
    path("login/", SignInView.as_view(), name="login"),
    path("logout/", SignOutView.as_view(), name="logout"),
    path("profile/", own_account.profile, name="profile"),
    path("password/", own_account.password_change, name="password_change"),
    path("sessions/<int:number>/end/", own_account.session_end, name="session_end"),
    path("sessions/end-others/", own_account.sessions_end_others, name="sessions_end_others"),
]
