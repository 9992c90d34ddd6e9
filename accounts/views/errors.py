"""The page for what is not there."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.users.models.users import User


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say so, and give back what was typed for a record that somebody removed meanwhile."""
    return render(request, "404.html", {"typed": list(typed_texts(request))}, status=404)


def typed_texts(request: HttpRequest) -> Iterator[tuple[str, str]]:
    """The texts a form brought, numbered: codes, numbers and dates are ASCII, and what people write here is not.

    Only for those signed in and on addresses there are: there, forms of other sites have been refused before.
    """
    is_signed_in = isinstance(getattr(request, "user", None), User)
    if request.method != "POST" or request.resolver_match is None or not is_signed_in:
        return
    texts = [value for _, values in request.POST.lists() for value in values if not value.isascii()]
    for number, text in enumerate(texts, start=1):
        yield f"第 {number} 处", text
