"""Comments on findings and measures: writing, withdrawing, and the names that can be mentioned."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts import changes
from accounts.conflicts import seen_in
from findings.comment_forms import CommentForm
from findings.mentions import mentionable, write
from findings.models import Comment, Finding, Measure
from findings.views.findings import crumbs_to, with_aspect
from findings.views.measures import crumbs_of, visible_measures
from findings.views.pages import PageRequest, form_page, saved

NOT_YOURS = "只有评论人本人和整改办可以撤回这条评论。"
MOST_OFFERED = 200  # names


def finding_comment(request: PageRequest, pk: int) -> HttpResponse:
    """A comment on a finding."""
    finding = get_object_or_404(with_aspect(request), pk=pk)
    comment = Comment(finding=finding, written_by=request.user)
    return _commented(request, comment, crumbs_to(finding, ("评论", "")), "findings")


def measure_comment(request: PageRequest, pk: int) -> HttpResponse:
    """A comment on a measure."""
    measure = get_object_or_404(visible_measures(request), pk=pk)
    comment = Comment(finding=measure.finding, measure=measure, written_by=request.user)
    return _commented(request, comment, crumbs_of(measure, ("评论", "")), "measures")


def _commented(request: PageRequest, comment: Comment, crumbs: list[tuple[str, str]], tab: str) -> HttpResponse:
    record = comment.record
    form = CommentForm(request.POST or None, people=mentionable(record, request.user))
    back = f"{record.get_absolute_url()}#comments"
    if request.method == "POST" and form.is_valid():
        comment.text = form.cleaned_data["text"]
        write(comment, form.mentioned)
        names = "、".join(person.name for person in form.mentioned)
        return saved(request, f"已发表评论，并通知了{names}。" if names else "已发表评论。", back)
    context = {"title": "写评论", "note": f"关于“{record}”。", "back": back, "crumbs": crumbs, "save_word": "发表"}
    return form_page(request, form, comment.inspection, tab=tab, **context)


@require_POST
def comment_withdraw(request: PageRequest, pk: int) -> HttpResponse:
    """Take a comment back; that there was one stays to be seen."""
    seen = Comment.objects.visible_to(request.user)
    comment = get_object_or_404(seen.select_related("finding__inspection", "measure__inspection"), pk=pk)
    if not comment.may_withdraw(request.user):
        raise PermissionDenied(NOT_YOURS)
    back = f"{comment.record.get_absolute_url()}#comments"
    if comment.withdrawn_at is None:
        comment.withdrawn_at, comment.withdrawn_by = timezone.now(), request.user
        try:
            changes.change(comment, seen=seen_in(request.POST))
        except changes.ConflictError as conflict:
            changes.note(conflict)
            messages.error(request, f"没有撤回：{conflict}")
            return redirect(back)
    return saved(request, "已撤回评论。", back)


@require_GET
def finding_people(request: PageRequest, pk: int) -> HttpResponse:
    """The names to be mentioned at a finding that begin with ``q``, for the script that completes them."""
    return _people(request, get_object_or_404(with_aspect(request), pk=pk))


@require_GET
def measure_people(request: PageRequest, pk: int) -> HttpResponse:
    """The same at a measure."""
    return _people(request, get_object_or_404(visible_measures(request), pk=pk))


def _people(request: PageRequest, record: Finding | Measure) -> HttpResponse:
    asked = request.GET.get("q", "").strip()
    labels = [label for label in mentionable(record, request.user).by_label if label.startswith(asked)]
    return JsonResponse({"people": labels[:MOST_OFFERED]})
