"""Comments on the entries of the special ledgers."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET, require_POST

from accounts.web.http import PageRequest
from findings.work.views.comments import comment_page, people_page, withdraw_page
from ledgers.models import EntryComment
from ledgers.views.entries import TAB, crumbs_of, visible_entries


def entry_comment(request: PageRequest, pk: int) -> HttpResponse:
    """Add a comment to an entry; the page of the form on GET."""
    entry = get_object_or_404(visible_entries(request), pk=pk)
    return comment_page(request, entry, crumbs_of(entry, ("评论", "")), TAB)


@require_POST
def comment_withdraw(request: PageRequest, pk: int) -> HttpResponse:
    """Withdraw a comment on an entry."""
    return withdraw_page(request, EntryComment, pk)


@require_GET
def entry_people(request: PageRequest, pk: int) -> HttpResponse:
    """The names that can be mentioned in a comment on the entry, for the completion script."""
    return people_page(request, get_object_or_404(visible_entries(request), pk=pk))
