"""Letters to units that are late: choose one, preview it, download it."""

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
    """The inspection, for users who may see all of it; 404 or 403 otherwise."""
    return get_editable_or_403(request, Inspection.objects.visible_to(request.user), pk, Right.SEE_ALL)


@require_safe
def letter_list(request: PageRequest, pk: int) -> HttpResponse:
    """The units that are late, and a preview of the chosen letter."""
    inspection = get_inspection_for_letters(request, pk)
    late = late_units(inspection, request.user)
    asked = "letter" in request.GET
    form = LetterForm(request.GET if asked else None, inspection, late)
    letter_content = None
    if asked and form.is_valid():
        letter, unit, due, issuer = form.chosen
        letter_content = {"title": letter.form.title, **content(inspection, unit, due, issuer)}
    context = {
        "inspection": inspection,
        "tab": "lists",
        "subtabs": subtabs(inspection, request.user, "letters"),
        "late": late,
        "form": form,
        "said": letter_content,
        "crumbs": [("清单台账", ""), ("督办文书", "")],
    }
    return render(request, "ledgers/letters.html", context)


def letter_file(request: PageRequest, pk: int) -> HttpResponseBase:
    """Download the chosen letter as a Word file."""
    # The right is checked before the method: a GET by another user must be 404 or 403, not 405.
    return _letter_file(request, get_inspection_for_letters(request, pk))


@require_POST
def _letter_file(request: PageRequest, inspection: Inspection) -> HttpResponseBase:
    form = LetterForm(request.POST, inspection, late_units(inspection, request.user))
    if not form.is_valid():
        messages.error(request, "没有生成文书：这个单位已经没有逾期事项，或期限、落款有误。请重新选择。")
        return redirect(reverse("ledgers:letter_list", args=[inspection.pk]))
    letter, unit, due, issuer = form.chosen
    letter_content = content(inspection, unit, due, issuer)
    return word_file(request, letter.form.key, inspection, letter_content, f"{inspection.name}-{unit.unit.name}")
