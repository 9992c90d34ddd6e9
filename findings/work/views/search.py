"""The view of the search in the header."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from accounts.users.roles import Right
from accounts.web.http import PageRequest
from findings.work.http import requires
from findings.work.search import LISTED, LONGEST, search_records


@requires(Right.SEE_ALL, Right.SEE_OWN)
def search(request: PageRequest) -> HttpResponse:
    """The records with the words of ``?q=``, the longest part of which is taken that the search can take."""
    asked = request.GET.get("q", "").replace("\x00", "").strip()
    words = asked[:LONGEST]
    groups = search_records(request.user, words) if words else []
    context = {
        "search_words": words,
        "is_cut": len(asked) > LONGEST,
        "groups": groups,
        "listed": LISTED,
        "longest": LONGEST,
    }
    return render(request, "findings/work/search.html", context | {"found": any(group.hits for group in groups)})
