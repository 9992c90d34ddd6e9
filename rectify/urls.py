"""The root of the addresses."""

from django.urls import URLPattern, URLResolver, include, path

from findings.work.views.dashboard import home

handler404 = "accounts.views.errors.not_found"
handler500 = "accounts.views.failures.server_error"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", home, name="home"),
    path("accounts/", include("accounts.urls")),
    path("", include("findings.urls")),
    path("", include("ledgers.urls")),
    path("", include("reports.urls")),
]
