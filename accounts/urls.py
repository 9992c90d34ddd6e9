"""Sign-in and sign-out, and the audit trail."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from accounts.views.signing_in import SignInView
from accounts.views.trail import event_detail, event_export, event_list

app_name = "accounts"
urlpatterns = [
    path("login/", SignInView.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("audit/", event_list, name="event_list"),
    path("audit/export/", event_export, name="event_export"),
    path("audit/<int:number>/", event_detail, name="event_detail"),
]
