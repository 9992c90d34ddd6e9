"""The 404 page, with the texts of a submitted form."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.users.models.users import User
from accounts.web.http import NotFoundError


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The 404 page; it repeats the sentence of a ``NotFoundError``, and the typed texts
    in case another user deleted the record meanwhile."""
    sentence = str(exception) if isinstance(exception, NotFoundError) else ""
    return render(request, "404.html", {"sentence": sentence, "typed": list(typed_texts(request))}, status=404)


def typed_texts(request: HttpRequest) -> Iterator[tuple[str, str]]:
    """The submitted texts with a character that is not ASCII, as (第 n 处, text); empty unless signed in.

    Codes, numbers and dates are ASCII; what users write is Chinese.
    """
    # Only on existing addresses: there the CSRF check has refused forms of other sites before.
    is_signed_in = isinstance(getattr(request, "user", None), User)
    if request.method != "POST" or request.resolver_match is None or not is_signed_in:
        return
    texts = [value for _, values in request.POST.lists() for value in values if not value.isascii()]
    for number, text in enumerate(texts, start=1):
        yield f"第 {number} 处", text
