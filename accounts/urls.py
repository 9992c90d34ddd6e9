"""Addresses of signing in and out, the user's own account, and the audit trail."""

from django.urls import path

from accounts.views import profile
from accounts.views.sign_in import SignInView, SignOutView
from accounts.views.trail import event_detail, event_export, event_list

app_name = "accounts"
urlpatterns = [
    path("login/", SignInView.as_view(), name="login"),
    path("logout/", SignOutView.as_view(), name="logout"),
    path("profile/", profile.profile, name="profile"),
    path("password/", profile.password_change, name="password_change"),
    path("sessions/<int:number>/end/", profile.session_end, name="session_end"),
    path("sessions/end-others/", profile.sessions_end_others, name="sessions_end_others"),
    path("audit/", event_list, name="event_list"),
    path("audit/export/", event_export, name="event_export"),
    path("audit/<int:number>/", event_detail, name="event_detail"),
]
