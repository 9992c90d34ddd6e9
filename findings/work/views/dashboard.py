"""The view of the first page: the page of an officer's work, or the desk."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect

from accounts.users.roles import Right
from accounts.web.http import PageRequest
from findings.units.scopes import user_scope

OFFICERS_PAGES = {
    Right.MANAGE_PEOPLE: "findings:person_list",
    Right.GRANT_ROLES: "findings:person_list",
    Right.READ_TRAIL: "accounts:event_list",
}


def home(request: PageRequest) -> HttpResponse:
    """Redirect to the first page after signing in: for officers that of their work, for others the desk."""
    # Officers have no rights over records, so that the desk would be empty.
    for right, page in OFFICERS_PAGES.items():
        if user_scope(request.user).has_right(right):
            return redirect(page)
    return redirect("findings:desk")
