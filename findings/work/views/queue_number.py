"""The number of records in the user's queue, which the navigation asks for after a page is there."""

from __future__ import annotations

from django.http import JsonResponse

from accounts.web.http import PageRequest
from findings.work.http import requires
from findings.work.queue import RIGHTS, queue_size


@requires(*RIGHTS)
def queue_number(request: PageRequest) -> JsonResponse:
    """The number as JSON, ``{"number": 18}``."""
    return JsonResponse({"number": queue_size(request.user)})
