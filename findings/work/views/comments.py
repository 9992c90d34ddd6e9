"""Views of comments on findings and measures: writing, withdrawing, and the labels that can be mentioned."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.records.conflicts import submitted_version
from accounts.records.saving import ConflictError, record_conflict
from accounts.text import comparison_key
from accounts.web.http import Crumbs, PageRequest, redirect_with_message
from findings.notifications.mentions import mentionable
from findings.notifications.models.comments import Comment, Commented, Remark
from findings.work.comment_forms import CommentForm
from findings.work.http import form_page, warn
from findings.work.views.findings import crumbs_to, with_aspect
from findings.work.views.measures import crumbs_of, visible_measures
from findings.workflow.comments import post_comment
from findings.workflow.saving import workflow_writer

NOT_YOURS = "只有评论人本人和整改办可以撤回这条评论。"
MOST_OFFERED = 200  # labels


def finding_comment(request: PageRequest, pk: int) -> HttpResponse:
    """The form of a comment on a finding."""
    finding = get_object_or_404(with_aspect(request), pk=pk)
    return comment_page(request, finding, crumbs_to(finding, ("评论", "")), "findings")


def measure_comment(request: PageRequest, pk: int) -> HttpResponse:
    """The form of a comment on a measure."""
    measure = get_object_or_404(visible_measures(request), pk=pk)
    return comment_page(request, measure, crumbs_of(measure, ("评论", "")), "measures")


def comment_page(request: PageRequest, record: Commented, crumbs: Crumbs, tab: str) -> HttpResponse:
    """The form of a comment on a record that the user may see."""
    comment: Remark = record.comments.model.about(record, request.user)
    form = CommentForm(request.POST or None, people=mentionable(comment))
    back = f"{record.get_absolute_url()}#comments"
    if request.method == "POST" and form.is_valid():
        comment.text = form.cleaned_data["text"]
        post_comment(comment, form.mentions.people)
        warn(request, form.mentions.unreached)
        names = "、".join(person.name for person in form.mentions.people)
        return redirect_with_message(request, f"已发表评论，并通知了{names}。" if names else "已发表评论。", back)
    context = {"title": "写评论", "note": f"关于“{record}”。", "back": back, "crumbs": crumbs, "save_word": "发表"}
    return form_page(request, form, record.inspection, tab=tab, **context)


@require_POST
def comment_withdraw(request: PageRequest, pk: int) -> HttpResponse:
    """Withdraw a comment on a finding or a measure."""
    return withdraw_page(request, Comment, pk)


def withdraw_page(request: PageRequest, kind: type[Remark], pk: int) -> HttpResponse:
    """Withdraw a comment; that it existed stays visible. PermissionDenied for comments of others."""
    seen = kind.objects.visible_to(request.user)
    inspections = (f"{name}__inspection" for name in kind.timeline_parents)
    comment: Remark = get_object_or_404(seen.select_related(*inspections), pk=pk)
    if not comment.may_withdraw(request.user):
        raise PermissionDenied(NOT_YOURS)
    back = f"{comment.record.get_absolute_url()}#comments"
    # A second click must not change who withdrew it and when.
    if comment.withdrawn_at is None:
        comment.withdrawn_at, comment.withdrawn_by = timezone.now(), request.user
        try:
            workflow_writer.save(comment, seen=submitted_version(request.POST))
        except ConflictError as conflict:
            record_conflict(conflict)
            messages.error(request, f"没有撤回：{conflict}")
            return redirect(back)
    return redirect_with_message(request, "已撤回评论。", back)


@require_GET
def finding_people(request: PageRequest, pk: int) -> HttpResponse:
    """The labels that can be mentioned on a finding, for the script that completes them."""
    return people_page(request, get_object_or_404(with_aspect(request), pk=pk))


@require_GET
def measure_people(request: PageRequest, pk: int) -> HttpResponse:
    """The labels that can be mentioned on a measure, for the script that completes them."""
    return people_page(request, get_object_or_404(visible_measures(request), pk=pk))


def people_page(request: PageRequest, record: Commented) -> HttpResponse:
    """The labels beginning with ``?q=`` that can be mentioned on a record, as JSON; at most ``MOST_OFFERED``.

    With ``?text=`` instead what the @names in a text being typed come to: who would be notified, and sentences about
    the others.
    """
    people = mentionable(record.comments.model.about(record, request.user))
    if text := request.GET.get("text"):
        found = people.found_in(text)
        problems = [*map(people.question, found.ambiguous), *found.unreached]
        return JsonResponse({"notified": [person.name for person in found.people], "problems": problems})
    asked = comparison_key(request.GET.get("q", ""))
    # Compared in Python, since labels are built from names and units.
    labels = [label for label in people.by_label if comparison_key(label).startswith(asked)]
    return JsonResponse({"people": labels[:MOST_OFFERED]})
