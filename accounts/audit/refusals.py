"""Recording of refused and failed requests in the trail, after the request's transactions have ended."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from accounts.audit.events import Subject, record
from accounts.audit.models import Action, Result
from accounts.outages import database
from accounts.request_context import LOST, NOTED, REASON, set_refusal_reason

logger = logging.getLogger(__name__)
LARGEST_ID = 2**63 - 1
WORDS = {  # the reasons by status, where no reason was set for the request
    400: "提交的内容过多或格式不对",
    403: "没有权限",
    404: "看不到或不存在",
    405: "这个网址不接受这种请求方式",
    409: "现在不能办理，理由见页面",
    413: "提交的内容过大",
    503: "数据库连接中断",
}
EXCEPTION = "accounts.audit.refusals.exception"  # the key of request.META for the class name of an exception


class RefusalMiddleware:
    """Records refusals and failures in the trail; must come after AuthenticationMiddleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The response, after a refusal or failure is recorded."""
        response = self.get_response(request)
        is_from_view = response.status_code == 503 and LOST not in request.META  # not from an outage of the database
        if response.status_code in {*WORDS, 500} and not is_from_view:
            record_response(request, response.status_code)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """Keep the exception's class and the reason of a PermissionDenied for the event; Django handles the rest."""
        request.META[EXCEPTION] = type(exception).__name__
        if isinstance(exception, PermissionDenied):
            set_refusal_reason(str(exception))


def record_response(request: HttpRequest, status: int) -> None:
    """Record a response that is a failure or a refusal; an error while recording is logged, so the response stays."""
    try:
        if status == 503:
            database.connect()
        if status >= 500 or is_refusal(request, status):
            result = Result.FAILED if status >= 500 else Result.REFUSED
            record(Action.VISIT, subject_of(request), result=result, reason=reason_for(request, status))
    except Exception:
        logger.exception("An answer of %d could not be written into the audit trail", status)


def is_refusal(request: HttpRequest, status: int) -> bool:
    """Whether a signed-in user was refused something that is not in the trail already.

    Requests of strangers are in the log only, or they could fill the trail.
    """
    if not request.user.is_authenticated or NOTED in request.META:
        return False
    return status != 404 or bool(numbers_in(request))  # a mistyped address is no refusal; a record's page may be one


def numbers_in(request: HttpRequest) -> list[int]:
    """The integer arguments of the address, such as keys of records."""
    match = request.resolver_match
    return [value for value in match.kwargs.values() if isinstance(value, int)] if match else []


def subject_of(request: HttpRequest) -> Subject:
    """The requested address as its route with integer arguments only; other arguments may be typed texts."""
    match, numbers = request.resolver_match, numbers_in(request)
    if match is None:
        return Subject()
    words = re.sub(r"<(?:\w+:)?(\w+)>", lambda part: _number_or_gap(match.kwargs.get(part[1])), f"/{match.route}")
    return Subject(id=next((number for number in numbers if number <= LARGEST_ID), None), words=words)


def _number_or_gap(value: object) -> str:
    return str(value) if isinstance(value, int) else "…"


def reason_for(request: HttpRequest, status: int) -> str:
    """The reason of a refusal or failure: fixed texts, never anything the user typed."""
    if status == 500:
        return f"程序出错（{request.META.get(EXCEPTION, '原因见系统日志')}）"
    if status == 403 and not getattr(request, "csrf_processing_done", False):  # Django sets it when the check passed
        return "页面校验（CSRF）没有通过"
    return request.META.get(REASON) or WORDS[status]
