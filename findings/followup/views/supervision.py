"""Views of supervision, bulletins and follow-up visits: the list, the page of a record, the forms."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from accounts.users.roles import Right
from accounts.web.components import Chip, Tile
from accounts.web.http import PageRequest, redirect_with_message
from accounts.web.listing import Listing
from findings.followup.filters import SupervisionFilter
from findings.followup.forms import SupervisionForm
from findings.followup.letter_forms import citing_letters
from findings.followup.models.supervision import Supervision, SupervisionQuerySet
from findings.followup.tables import SupervisionTable
from findings.followup.views.letters import TAB as LETTER_TAB
from findings.followup.views.letters import crumbs_to, may_answer, may_correct
from findings.inspections.due_status import DueStatus
from findings.inspections.models.findings import Finding
from findings.inspections.models.inspections import Inspection
from findings.inspections.models.quoted_totals import undone_by_totals
from findings.work.http import build_subtabs, delete_page, finding_from_query, form_page, get_editable_or_403

PAGES = {"supervision_list": "督查通报回访", "spot_check_list": "反向核查", "review_list": "复查"}
TAB = "supervision"


def subtabs(inspection: Inspection, shown: str) -> list[Chip]:
    """The lists of the tab, with the one shown."""
    return build_subtabs(inspection, PAGES, shown)


def list_address(inspection: Inspection) -> str:
    """The URL of the list of supervision."""
    return reverse("findings:supervision_list", args=[inspection.pk])


def supervision_list(request: PageRequest, pk: int) -> HttpResponse:
    """The supervision of one inspection, with the numbers by kind."""
    inspection = get_object_or_404(Inspection.objects.visible_to(request.user), pk=pk)
    visible = Supervision.objects.visible_to(request.user)
    own = visible.of(inspection)
    listing = Listing(
        request,
        rows=visible,
        filter=SupervisionFilter(request.GET, own),
        table=SupervisionTable,
        default_sort="-held",
        table_arguments={"inspection": inspection},
    )
    context = {
        "inspection": inspection,
        "tab": TAB,
        "subtabs": subtabs(inspection, "supervision_list"),
        "listing": listing,
        "tiles": [
            *(Tile(kind.label, number, f"{listing.path}?kind={kind.value}") for kind, number in own.counts()),
            Tile("逾期没有回复", own.unanswered().count(), f"{listing.path}?unanswered=on", "late"),
        ],
    }
    return render(request, "findings/followup/supervision_list.html", context)


def with_inspection(request: PageRequest) -> SupervisionQuerySet:
    """The supervision that the user may see, with its inspection."""
    return Supervision.objects.visible_to(request.user).select_related("inspection")


def supervision_detail(request: PageRequest, pk: int) -> HttpResponse:
    """The page of one act of supervision: what was found and demanded, of whom, and the answer."""
    record = get_object_or_404(with_inspection(request).select_related("sent_by", "voided_by"), pk=pk)
    if record.letter:
        return letter_detail(request, record)
    inspection = record.inspection
    findings = Finding.objects.visible_to(request.user).filter(supervision=record)
    context = {
        "inspection": inspection,
        "tab": TAB,
        "crumbs": [("督查回访", list_address(inspection)), (str(record), "")],
        "record": record,
        "units": record.units.all(),
        "findings": findings.select_related("aspect", "parent", "inspection").order_by("aspect__order", "order", "pk"),
        "lights": DueStatus.of(inspection),
    }
    return render(request, "findings/followup/supervision_detail.html", context)


def letter_detail(request: PageRequest, letter: Supervision) -> HttpResponse:
    """The page of a letter: what was sent, of which items, to whom and by whom, and the answer."""
    context = {
        "inspection": letter.inspection,
        "tab": LETTER_TAB,
        "crumbs": crumbs_to(letter),
        "letter": letter,
        "content": letter.as_sent["content"],
        "findings": Finding.objects.visible_to(request.user).filter(supervision=letter).select_related("inspection"),
        "lights": DueStatus.of(letter.inspection),
        "citing": citing_letters(letter, request.user),
        "may_correct": may_correct(letter, request.user),
        "may_answer": may_answer(letter, request.user),
    }
    return render(request, "findings/followup/letter_detail.html", context)


def supervision_create(request: PageRequest, pk: int) -> HttpResponse:
    """The form of a new record, with the finding of ``?finding=`` preselected."""
    inspection = get_editable_or_403(request, Inspection.objects.visible_to(request.user), pk, Right.SUPERVISE)
    finding = finding_from_query(request, inspection)
    form = SupervisionForm(
        request.POST or None,
        instance=Supervision(inspection=inspection),
        initial={"findings": [finding.pk]} if finding else None,
        user=request.user,
    )
    if request.method == "POST" and form.save():
        return redirect_with_message(request, f"已登记{form.instance}。", finding or list_address(inspection))
    back = finding.get_absolute_url() if finding else list_address(inspection)
    consequence = undone_by_totals(inspection.pk)
    context = {"title": "登记督查回访", "back": back, "tab": TAB, "consequence": consequence}
    crumbs = [("督查回访", list_address(inspection)), ("登记", "")]
    return form_page(request, form, inspection, crumbs=crumbs, **context)


def supervision_edit(request: PageRequest, pk: int) -> HttpResponse:
    """The form of a record."""
    record = get_editable_or_403(request, with_inspection(request).without_letters(), pk, Right.SUPERVISE)
    form = SupervisionForm(request.POST or None, instance=record, user=request.user)
    back = reverse("findings:supervision_detail", args=[pk])
    if request.method == "POST" and form.save():
        return redirect_with_message(request, form.success_message("已保存督查回访记录。"), back)
    context = {
        "title": "修改督查回访记录",
        "back": back,
        "tab": TAB,
        "consequence": undone_by_totals(record.inspection_id),
        "crumbs": [("督查回访", list_address(record.inspection)), (str(record), back), ("修改", "")],
        "delete_address": reverse("findings:supervision_delete", args=[pk]),
    }
    return form_page(request, form, record.inspection, **context)


def supervision_delete(request: PageRequest, pk: int) -> HttpResponse:
    """The deletion of a record; not once an answer is registered, which is another unit's statement."""
    record = get_editable_or_403(request, with_inspection(request).without_letters(), pk, Right.SUPERVISE)
    return delete_page(
        request,
        record,
        reasons=lambda: ["已经登记了回复，不能删除。"] if record.answered_on else [],
        sentence=f"将删除这条记录和它对问题、单位的登记。删除后不能恢复。{undone_by_totals(record.inspection_id)}",
        back=reverse("findings:supervision_edit", args=[pk]),
        done=list_address(record.inspection),
        inspection=record.inspection,
        tab=TAB,
    )
