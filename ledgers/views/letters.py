"""Letters to units: chase many in one step, download one or many."""

from __future__ import annotations

import datetime as dt
import tempfile
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.audit.events import record
from accounts.models import Action, Result
from accounts.users.roles import Right
from accounts.web.http import PageRequest, parse_pk
from documents.filenames import safe_name
from documents.word.client import WordFileUnavailable
from findings.followup.models.letter_rules import LetterRule, letter_rules
from findings.followup.models.supervision import SupervisionQuerySet
from findings.inspections.due_status import DueStatus
from findings.models import Inspection, Supervision, Unit
from findings.work.http import get_editable_or_403
from findings.workflow import RefusedError
from ledgers.letter_forms import LetterForm
from ledgers.letter_sending import UnitRegister, next_number, registers, send_letter, series
from ledgers.views.downloads import file_response
from ledgers.views.lists import subtabs
from ledgers.views.word_documents import word_file
from ledgers.word_documents.catalogue import render_form
from ledgers.word_documents.letter_wording import content, content_of

MOST_ZIPPED = 100  # letters; each is filled in by a process of its own
IN_MEMORY = 1 << 22  # bytes; a larger archive is spooled to the disk
NOTHING_TICKED = "还没有勾选单位。请在下表每行左边打勾。"
NOT_OPEN = "这个单位现在没有未完成的事项，或者您看不到它。"


@dataclass(frozen=True)
class UnitResult:
    """What became of one ticked unit: its letter, or why none was sent, or in a preview what would be sent."""

    unit: Unit | None
    words: str
    letter: Supervision | None = None
    content: dict[str, Any] | None = None


@require_http_methods(["GET", "HEAD", "POST"])
def letter_list(request: PageRequest, pk: int) -> HttpResponse:
    """The units with open items, what can be sent to each, and the form that sends letters to the ticked ones.

    ``?unit=`` ticks a unit, ``?overdue=`` those with overdue items, of the named ones if there are any.
    """
    inspection = get_editable_or_403(request, Inspection.objects.visible_to(request.user), pk, Right.SEE_ALL)
    rules = letter_rules(inspection)
    own = {kind: rule for kind, rule in rules.items() if rule.can_send(request.user)}
    if request.method == "POST" and not own:
        senders = "、".join(dict.fromkeys(rule.senders for rule in rules.values()))
        raise PermissionDenied(f"只有{senders}可以发出督办文书。")
    form = LetterForm(request.POST if request.method == "POST" else None, own)
    ticked = list(dict.fromkeys(parse_pk(value) for value in request.POST.getlist("unit")))
    results: list[UnitResult] = []
    is_preview = "preview" in request.POST
    if request.method == "POST" and form.is_valid():
        if not ticked:
            form.add_error(None, NOTHING_TICKED)
        results = _results(request, inspection, form, own[form.kind], ticked, is_preview=is_preview)
    sent = [result.letter for result in results if result.letter]
    done = {result.unit.pk for result in results if result.letter and result.unit}
    today = timezone.localdate()
    found = registers(inspection, request.user, today)
    context = {
        "inspection": inspection,
        "tab": "letters",
        "subtabs": subtabs(inspection, request.user, "chase"),
        "rows": [(one, one.sendable) for one in found],
        "ticked": set(ticked) - done if request.method == "POST" else _units_to_tick(request, found),
        "form": form if own else None,
        "rules": [(kind, rule, _next(rule, today)) for kind, rule in own.items()],
        "results": results,
        "is_preview": is_preview,
        "sent": sent,
        "lights": DueStatus.of(inspection),
        "crumbs": [("督办文书", reverse("ledgers:list", args=[inspection.pk, "letters"])), ("催办发文", "")],
    }
    return render(request, "ledgers/letters.html", context)


def _units_to_tick(request: PageRequest, found: Iterable[UnitRegister]) -> set[int]:
    """The keys of the units that the link to the page asks for."""
    named = {parse_pk(value) for value in request.GET.getlist("unit")}
    if "overdue" not in request.GET:
        return named
    return {one.unit.pk for one in found if one.most_days_late and (one.unit.pk in named or not named)}


def _next(rule: LetterRule, day: dt.date) -> str:
    return f"{series(rule, day.year)}{next_number(rule, day.year)}号"


def _results(  # noqa: PLR0913 -- each is a part of one sending
    request: PageRequest,
    inspection: Inspection,
    form: LetterForm,
    rule: LetterRule,
    ticked: Iterable[int],
    *,
    is_preview: bool,
) -> list[UnitResult]:
    """The result for each ticked unit; each letter is sent in a transaction of its own."""
    found = {one.unit.pk: one for one in registers(inspection, request.user, form.day)}
    first: int | None = form.cleaned_data["first"]
    ordinal = first or (next_number(rule, form.day.year) if is_preview else None)
    results = []
    for unit in ticked:
        result = _result(request, form, rule, found.get(unit), ordinal, is_preview=is_preview)
        results.append(result)
        if ordinal and (result.letter or result.content):
            ordinal += 1
    return results


def _result(  # noqa: PLR0913 -- as above
    request: PageRequest,
    form: LetterForm,
    rule: LetterRule,
    register: UnitRegister | None,
    ordinal: int | None,
    *,
    is_preview: bool,
) -> UnitResult:
    if register is None:
        return UnitResult(None, NOT_OPEN)
    draft = register.draft(form.kind)
    if draft.objection:
        return UnitResult(register.unit, draft.objection)
    if is_preview:
        number = f"{series(rule, form.day.year)}{ordinal}号"
        words = f"将发：{number}，期限 {form.due_on:%Y-%m-%d}"
        return UnitResult(register.unit, words, content=content(draft, number, form.due_on, rule.issuer))
    try:
        letter = send_letter(draft, rule, request.user, form.due_on, ordinal)
    except RefusedError as refused:
        return UnitResult(register.unit, "".join(refused.sentences))
    return UnitResult(register.unit, f"已发：{letter.number}", letter)


def sent_letters(request: PageRequest) -> SupervisionQuerySet:
    """The letters that the user may see, with what their files name."""
    seen = Supervision.objects.visible_to(request.user).letters()
    return seen.select_related("inspection").prefetch_related("units")


def _file_name(letter: Supervision) -> str:
    return f"{letter.number}-{letter.recipient}"


@require_safe
def letter_file(request: PageRequest, pk: int) -> HttpResponseBase:
    """Download a sent letter as a Word file."""
    letter = get_object_or_404(sent_letters(request), pk=pk)
    return word_file(request, letter.letter, letter, content_of(letter), _file_name(letter))


@require_safe
def letter_archive(request: PageRequest, pk: int) -> HttpResponseBase:
    """Download the letters of ``?letter=``, by default all in force of the inspection, as a zip of Word files."""
    inspection = get_editable_or_403(request, Inspection.objects.visible_to(request.user), pk, Right.SEE_ALL)
    letters = sent_letters(request).of(inspection).order_by("held_on", "pk")
    asked = [parse_pk(value) for value in request.GET.getlist("letter")]
    letters = letters.filter(pk__in=asked) if asked else letters.in_force()
    back = reverse("ledgers:list", args=[pk, "letters"])
    if not (number := letters.count()) or number > MOST_ZIPPED:
        limit = f"一次最多下载 {MOST_ZIPPED} 份，这里有 {number} 份；请在清单里打开文书单份下载。"
        messages.info(request, limit if number else "还没有可以下载的文书。")
        return redirect(back)
    file = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 -- the answer closes it
    try:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:  # a .docx is compressed already
            for letter in letters:
                name = f"{safe_name(_file_name(letter), 60)}-{letter.get_letter_display()}.docx"
                archive.writestr(name, render_form(letter.letter, content_of(letter)))
    except WordFileUnavailable as reason:
        file.close()
        record(Action.EXPORT, inspection, result=Result.FAILED, reason=f"督办文书：{reason}")
        messages.error(request, str(reason))
        return redirect(back)
    record(Action.EXPORT, inspection, reason=f"督办文书（zip），共 {number} 份")
    file.seek(0)
    return file_response(file, f"{safe_name(inspection.name, 40)}-督办文书-{timezone.localdate():%Y%m%d}.zip")
