"""The letters to units that are late: choose, look at what will be in it, download."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.users.roles import Right
from accounts.web.http import PageRequest
from findings.models import Inspection
from findings.work.http import get_editable_or_403
from ledgers.letter_forms import LetterForm
from ledgers.views.lists import subtabs
from ledgers.views.word_documents import word_file
from ledgers.word_documents.letters import content
from ledgers.word_documents.overdue import late_units


def get_inspection_for_letters(request: PageRequest, pk: int) -> Inspection:
    """The inspection, if this person sees all of it."""
    return get_editable_or_403(request, Inspection.objects.visible_to(request.user), pk, Right.SEE_ALL)


@require_safe
def letter_list(request: PageRequest, pk: int) -> HttpResponse:
    """Who is late, and the letter that was chosen as it will say it."""
    inspection = get_inspection_for_letters(request, pk)
    late = late_units(inspection, request.user)
    asked = "letter" in request.GET
    form = LetterForm(request.GET if asked else None, inspection, late)
    said = None
    if asked and form.is_valid():
        letter, unit, due, issuer = form.chosen
        said = {"title": letter.form.title, **content(inspection, unit, due, issuer)}
    context = {
        "inspection": inspection,
        "tab": "lists",
        "subtabs": subtabs(inspection, request.user, "letters"),
        "late": late,
        "form": form,
        "said": said,
        "crumbs": [("清单台账", ""), ("督办文书", "")],
    }
    return render(request, "ledgers/letters.html", context)


def letter_file(request: PageRequest, pk: int) -> HttpResponseBase:
    """The letter that was looked at, as a Word file."""
    return _letter_file(request, get_inspection_for_letters(request, pk))


@require_POST
def _letter_file(request: PageRequest, inspection: Inspection) -> HttpResponseBase:
    form = LetterForm(request.POST, inspection, late_units(inspection, request.user))
    if not form.is_valid():
        messages.error(request, "没有生成文书：这个单位已经没有逾期事项，或期限、落款有误。请重新选择。")
        return redirect(reverse("ledgers:letter_list", args=[inspection.pk]))
    letter, unit, due, issuer = form.chosen
    said = content(inspection, unit, due, issuer)
    return word_file(request, letter.form.key, inspection, said, f"{inspection.name}-{unit.unit.name}")
