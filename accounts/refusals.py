"""What was refused or went wrong is written into the trail, after the request's transactions have ended."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from accounts.audit import Subject, record
from accounts.models import Action, Result
from accounts.origins import NOTED
from accounts.outages import database

logger = logging.getLogger(__name__)
LARGEST_ID = 2**63 - 1
EXCEPTION = "accounts.refusals.exception"  # where a request keeps the class of its exception


class RefusalMiddleware:
    """Records answers that say no; must come after AuthenticationMiddleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and write down a refusal or a failure."""
        response = self.get_response(request)
        is_outage = response.status_code == 503 and EXCEPTION in request.META  # other 503s are answers of views
        if response.status_code in {403, 404, 405, 409, 500} or is_outage:
            note(request, response.status_code)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """Remember what happened; the answer to it is made elsewhere."""
        request.META[EXCEPTION] = type(exception).__name__


def note(request: HttpRequest, status: int) -> None:
    """Write the answer down where it is one to be written down; that it cannot be must not replace the answer."""
    try:
        if status == 503:
            database.connect()
        if status >= 500 or is_refusal(request, status):
            result = Result.FAILED if status >= 500 else Result.REFUSED
            record(Action.VISIT, subject_of(request), result=result, reason=reason_for(request, status))
    except Exception:
        logger.exception("An answer of %d could not be written into the audit trail", status)


def is_refusal(request: HttpRequest, status: int) -> bool:
    """Whether somebody signed in was refused something. What strangers try is in the log: they would fill the trail."""
    if not request.user.is_authenticated or NOTED in request.META:
        return False
    return status != 404 or bool(numbers_in(request))


def numbers_in(request: HttpRequest) -> list[int]:
    """The numbers of records in the address."""
    match = request.resolver_match
    return [value for value in match.kwargs.values() if isinstance(value, int)] if match else []


def subject_of(request: HttpRequest) -> Subject:
    """The page asked for, as long as its address is made of our own words and of numbers."""
    match, numbers = request.resolver_match, numbers_in(request)
    if match is None or len(numbers) < len(match.kwargs):
        return Subject()
    return Subject(id=next((number for number in numbers if number <= LARGEST_ID), None), words=request.path)


def reason_for(request: HttpRequest, status: int) -> str:
    """Why, in words of ours only."""
    if status == 404:
        return "看不到或不存在"
    if status == 405:
        return "这个网址不接受这种请求方式"
    if status == 503:
        return "数据库连接中断"
    if status == 409:
        return "现在不能办理，理由见页面"
    if status == 500:
        return f"程序出错（{request.META.get(EXCEPTION, '原因见系统日志')}）"
    passed = getattr(request, "csrf_processing_done", False)  # set by CsrfViewMiddleware when it lets a request pass
    return "没有权限" if passed else "页面校验（CSRF）没有通过"
