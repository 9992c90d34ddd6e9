"""The pages after an error of the program, and while the database cannot be reached."""

from __future__ import annotations

import sys

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.template.loader import get_template

from accounts.outages import is_outage
from accounts.request_context import LOST, current_context
from accounts.views.errors import typed_texts

RETRY_AFTER = 30  # seconds, for programs that ask


def server_error(request: HttpRequest) -> HttpResponse:
    """The number of the request and whom to call, nothing else: no context that could fail once more.

    Django calls this while it handles the exception.
    """
    if is_outage(sys.exc_info()[1]):
        return unavailable(request)
    context = {"request_id": current_context().request_id, "contact": settings.CONTACT}
    return HttpResponseServerError(get_template("500.html").render(context))


def unavailable(request: HttpRequest) -> HttpResponse:
    """To try again later, with what was typed where the sender is known by now: the database cannot be asked."""
    request.META[LOST] = True
    connection.close_if_unusable_or_obsolete()  # who writes this down needs another one
    origin = current_context()
    context = {
        "request_id": origin.request_id,
        "contact": settings.CONTACT,
        "was_sent": request.method == "POST",
        "typed": list(typed_texts(request)) if origin.known_user_id is not None else [],
    }
    page = get_template("503.html").render(context)
    return HttpResponse(page, status=503, headers={"Retry-After": str(RETRY_AFTER)})
