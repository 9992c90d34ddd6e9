"""The page after an error of the program."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponseServerError
from django.template.loader import get_template

from accounts.origins import current


def server_error(_request: HttpRequest) -> HttpResponseServerError:
    """The number of the request and whom to call, nothing else: no context that could fail once more."""
    context = {"request_id": current().request_id, "contact": settings.CONTACT}
    return HttpResponseServerError(get_template("500.html").render(context))
