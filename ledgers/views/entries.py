"""The pages of one entry of a special ledger: details, forms and steps. Lists are in ``views.lists``."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from accounts.records.conflicts import submitted_version
from accounts.records.saving import ConflictError
from accounts.users.roles import Right, refusal
from accounts.web.http import Crumbs, PageRequest, blocking_reason, redirect_with_message
from accounts.web.text import shorten
from documents.excel.columns import format_value
from findings.inspections.due_status import DueStatus
from findings.inspections.models.quoted_totals import undone_by_totals
from findings.models import Inspection
from findings.work.history_page import history_page
from findings.work.http import delete_page, finding_from_query, form_page, get_editable_or_403, redirect_after_save
from findings.workflow import RefusedError, Transition, perform, reasons_against
from findings.workflow.void_warnings import form_warning, void_warning
from ledgers.definitions import Ledger
from ledgers.entry_forms import EntryForm, FillForm, TakeForm
from ledgers.flow_svg import flow_svg
from ledgers.models import Entry
from ledgers.models.entries import EntryQuerySet
from ledgers.special_ledgers import LEDGERS
from ledgers.workflow import available_transitions, ledger_transitions, linked_to, why_not_filled_in

TAB = "special"
LONG_FIELDS = ("content", "handled", "result")
LINKS = ("title", "findings")  # columns that the page shows in its heading and its links
DELETED = "将删除这件事项和它对问题、措施、佐证材料的登记，有关的统计数随之改变。删除后不能恢复。"


def list_address(inspection: int, ledger: Ledger) -> str:
    """The address of the list of a ledger's entries."""
    return reverse("ledgers:list", args=[inspection, ledger.key])


def visible_entries(request: PageRequest) -> EntryQuerySet:
    """The entries the user may see, with the relations their pages use.

    Entries of ledgers that no longer exist are left out.
    """
    known = Entry.objects.visible_to(request.user).filter(ledger__in=LEDGERS)
    return known.select_related("inspection", "person_in_charge").prefetch_related("units")


def crumbs_of(entry: Entry, *more: tuple[str, str]) -> Crumbs:
    """The breadcrumbs to an entry and on to its sub-pages."""
    own = entry.get_absolute_url() if more else ""
    return [(entry.definition.title, list_address(entry.inspection_id, entry.definition)), (entry.title, own), *more]


def entry_history(request: PageRequest, pk: int) -> HttpResponse:
    """The history of an entry, newest first."""
    entry = get_object_or_404(Entry.objects.visible_to(request.user), pk=pk)
    return history_page(request, entry, [(shorten(entry.title), entry.get_absolute_url())], TAB)


def entry_detail(request: PageRequest, pk: int) -> HttpResponse:
    """The page of an entry: its fields, links, comments, flow chart and possible steps."""
    entry = get_object_or_404(visible_entries(request), pk=pk)
    inspection, ledger, user = entry.inspection, entry.definition, request.user
    linked = linked_to(entry, user)
    # The column of findings reads ``entry.findings``: it must show only the visible ones, and needs no second query.
    entry._prefetched_objects_cache["findings"] = linked["findings"]  # type: ignore[attr-defined]  # Django's own attribute
    columns = [column for column in ledger.columns if column.key not in LINKS]
    shown = [(column.key in LONG_FIELDS, column.heading, format_value(column.value(entry))) for column in columns]
    context: dict[str, Any] = {
        "inspection": inspection,
        "tab": TAB,
        "crumbs": crumbs_of(entry),
        "entry": entry,
        "record": entry,
        "ledger": ledger,
        "texts": [(heading, text) for long, heading, text in shown if long and text],
        "facts": [(heading, text) for long, heading, text in shown if not long and text],
        "picture": flow_svg(ledger, entry.state),
        "steps": available_transitions(entry, user),
        "fills_in": not why_not_filled_in(entry, user),
        "lights": DueStatus.of(inspection),
        **linked,
    }
    return render(request, "ledgers/entry_detail.html", context)


def entry_create(request: PageRequest, pk: int, key: str) -> HttpResponse:
    """Create an entry of a ledger, linked to the finding in the query string if there is one."""
    if key not in LEDGERS:
        raise Http404
    inspection, ledger = get_editable_or_403(request, Inspection.objects.visible_to(request.user), pk), LEDGERS[key]
    finding = finding_from_query(request, inspection)
    entry = Entry.new_entry(inspection, ledger)
    initial = {"findings": [finding.pk]} if finding else None
    form = EntryForm(request.POST or None, instance=entry, initial=initial, user=request.user)
    if request.method == "POST" and form.save():
        return redirect_after_save(request, form, f"已登记：{form.instance}。", form.instance)
    back = list_address(pk, ledger)
    context = {"title": f"登记{ledger.title}", "back": back, "crumbs": [(ledger.title, back), ("登记", "")]}
    consequence = form_warning(entry, *([finding.pk] if finding else ()))
    return form_page(request, form, inspection, tab=TAB, consequence=consequence, **context)


def entry_edit(request: PageRequest, pk: int) -> HttpResponse:
    """Edit the whole entry, for users of the office."""
    entry = get_editable_or_403(request, visible_entries(request), pk)
    form = EntryForm(request.POST or None, instance=entry, user=request.user)
    delete_address = reverse("ledgers:entry_delete", args=[pk])
    return _form_of(request, entry, form, f"修改{entry.definition.title}", delete_address=delete_address)


def entry_fill(request: PageRequest, pk: int) -> HttpResponse:
    """Report what was done, for the units of the entry, until it is in a final state."""
    entry = get_object_or_404(visible_entries(request), pk=pk)
    if reason := why_not_filled_in(entry, request.user):
        raise PermissionDenied(reason)
    return _form_of(request, entry, FillForm(request.POST or None, instance=entry, user=request.user), "填写办理情况")


def _form_of(request: PageRequest, entry: Entry, form: EntryForm | FillForm, title: str, **more: Any) -> HttpResponse:
    """The page of a form that changes an entry, or the redirect after it was saved."""
    back, crumbs = entry.get_absolute_url(), crumbs_of(entry, (title, ""))
    if request.method == "POST" and form.save():
        words = form.success_message("已保存。")
        if isinstance(form, EntryForm):
            return redirect_after_save(request, form, words, back)
        return redirect_with_message(request, words, back)
    # Units fill in what was done and choose no findings.
    consequence = form_warning(entry) if "findings" in form.fields else void_warning(entry)
    context = {"title": title, "back": back, "crumbs": crumbs, "consequence": consequence}
    return form_page(request, form, entry.inspection, tab=TAB, **context, **more)


def entry_delete(request: PageRequest, pk: int) -> HttpResponse:
    """Delete an entry that is in no final state; published totals rest on those."""
    entry = get_editable_or_403(request, visible_entries(request), pk)
    return delete_page(
        request,
        entry,
        reasons=lambda: _against_deletion(entry),
        sentence=f"{DELETED}{void_warning(entry)}",
        back=entry.get_absolute_url(),
        done=list_address(entry.inspection_id, entry.definition),
        inspection=entry.inspection,
        tab=TAB,
    )


def _against_deletion(entry: Entry) -> list[str]:
    """The reasons why the entry cannot be deleted, as Chinese sentences."""
    ended = [f"这件事项{entry.state.label}，不能删除；确实登记错的，请先退回。"] if entry.state.final else []
    return ended + blocking_reason(entry.comments.count(), "这件事项已有 {} 条评论，不能删除。")


def entry_step(request: PageRequest, pk: int, name: str) -> HttpResponse:
    """Confirm a step and take it with the version that was shown.

    Refusals and conflicts show the page again with status 409; the comment stays when a step is refused.
    """
    entry = get_object_or_404(visible_entries(request), pk=pk)
    transition = _transition_of(request, entry, name)
    form = TakeForm(request.POST or None, transition, entry)
    if request.method != "POST" or not form.is_valid():
        return _step_page(request, entry, transition, form, reasons_against(transition, entry, request.user))
    try:
        perform(transition, entry, request.user, submitted_version(request.POST), form.step_input)
    except RefusedError as refused:
        return _step_page(request, entry, transition, form, refused.sentences)
    except ConflictError as conflict:
        # The entry was deleted meanwhile: there is no page to return to.
        if conflict.stored is None:
            return redirect_with_message(request, str(conflict), list_address(entry.inspection_id, entry.definition))
        return _step_page(request, entry, transition, TakeForm(None, transition, entry), [str(conflict)])
    return redirect_with_message(request, f"{transition.after.removesuffix('。')}：{entry}。", entry)


def _transition_of(request: PageRequest, entry: Entry, name: str) -> Transition[Entry]:
    """The transition in the address; 404 for none of the entry's ledger, 403 for users who may not take it."""
    transition = next((one for one in ledger_transitions(entry.definition) if one.name == name), None)
    if transition is None:
        raise Http404
    if not transition.is_permitted(entry, request.user):
        raise PermissionDenied(refusal(Right.EDIT_RECORDS))
    return transition


def _step_page(
    request: PageRequest, entry: Entry, transition: Transition[Entry], form: TakeForm, reasons: list[str]
) -> HttpResponse:
    """The page that confirms a step, with the reasons against it."""
    target = entry.definition.state(transition.target)
    # Between open states only the status changes, which no sign-off covers.
    ends = target.final != entry.state.final
    context = {
        "inspection": entry.inspection,
        "tab": TAB,
        "title": transition.label,
        "crumbs": crumbs_of(entry, (transition.label, "")),
        "entry": entry,
        "transition": transition,
        "sentence": f"“{entry}”将由“{entry.state.label}”转为“{target.label}”。",
        "consequence": void_warning(entry) if ends else undone_by_totals(entry.inspection_id),
        "form": form,
        "reasons": reasons,
    }
    return render(
        request, "ledgers/entry_step.html", context, status=409 if request.method == "POST" and reasons else 200
    )
