"""The pages for an unexpected exception (500) and for an outage of the database (503)."""

from __future__ import annotations

import sys

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.template.loader import get_template

from accounts.outages import is_outage
from accounts.request_context import LOST, current_context
from accounts.views.errors import typed_texts

RETRY_AFTER = 30  # seconds, for clients that read the header


def server_error(request: HttpRequest) -> HttpResponse:
    """The 500 page with the request id and whom to call, or the 503 page during an outage of the database."""
    # Django calls this while it handles the exception. No request context: its processors could fail again.
    if is_outage(sys.exc_info()[1]):
        return unavailable(request)
    context = {"request_id": current_context().request_id, "contact": settings.CONTACT}
    return HttpResponseServerError(get_template("500.html").render(context))


def unavailable(request: HttpRequest) -> HttpResponse:
    """The 503 page; it repeats the typed texts if the user is loaded already, because no query is possible."""
    request.META[LOST] = True
    connection.close_if_unusable_or_obsolete()  # RefusalMiddleware needs a new one to write the event
    origin = current_context()
    context = {
        "request_id": origin.request_id,
        "contact": settings.CONTACT,
        "was_sent": request.method == "POST",
        "typed": list(typed_texts(request)) if origin.known_user_id is not None else [],
    }
    page = get_template("503.html").render(context)
    return HttpResponse(page, status=503, headers={"Retry-After": str(RETRY_AFTER)})
