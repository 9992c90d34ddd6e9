"""The views that put a text into an inspection which is there already: the comparison, and storing what was chosen."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from accounts.audit.events import record
from accounts.models import Action, Result
from accounts.request_context import skip_response_audit
from accounts.users.roles import Right
from accounts.web.http import PageRequest, redirect_with_message
from findings.evidence.store import RejectedError
from findings.work.http import requires
from reports.forms import TextImportForm
from reports.import_sources import keep_text
from reports.importing import ImportRefusedError
from reports.match_plan import MatchPlan
from reports.match_storing import NotPlacedError, place
from reports.models import SOURCE_KEPT_DAYS

NO_TARGET = "请选择放进哪次巡察。"


@requires(Right.IMPORT_TEXT)
@require_POST
def text_match(request: PageRequest) -> HttpResponse:
    """The comparison of a text with the inspection it is to be put into, after other records were chosen."""
    form = _read_form(request)
    return comparison_page(request, form) if form.is_valid() else _import_page(request, form)


@requires(Right.IMPORT_TEXT)
@require_POST
def text_match_store(request: PageRequest) -> HttpResponse:
    """Store what was chosen on the page of the comparison and redirect to the inspection; the page again if refused."""
    form = _read_form(request)
    if not form.is_valid():
        return _import_page(request, form)
    values = form.cleaned_data
    inspection, text = values["target"], values["text"]
    try:
        source = values["source"] or keep_text(text, f"{inspection.name}-原文", request.user)
        words = place(form.recognised.parsed, text, inspection, request.POST, source)
    except (RejectedError, ImportRefusedError) as refusal:
        return comparison_page(request, form, str(refusal))
    except NotPlacedError as refusal:
        record(Action.IMPORT, inspection, result=Result.REFUSED, reason=f"文本放进已有的巡察：{refusal}")
        # The refusal is recorded above; the 409 would add a second event.
        skip_response_audit()
        return comparison_page(request, form, str(refusal), status=409 if refusal.is_stale else 200)
    return redirect_with_message(request, f"已放进巡察：{words}。没有选的、文中没有的都没有动。", inspection)


def comparison_page(request: PageRequest, form: TextImportForm, refusal: str = "", status: int = 200) -> HttpResponse:
    """The page of a valid form with a target: what the text says beside its records, with what was chosen so far."""
    inspection = form.cleaned_data["target"]
    plan = MatchPlan(form.recognised.parsed.facts, inspection, request.POST)
    context = {
        "form": form,
        "inspection": inspection,
        "plan": plan,
        "refusal": refusal,
        "source": form.cleaned_data["source"],
    }
    return render(request, "reports/text_match.html", context, status=status)


def _read_form(request: PageRequest) -> TextImportForm:
    """The form of the text; a target is required here."""
    form = TextImportForm(request.POST, user=request.user)
    form.fields["target"].required = True
    form.fields["target"].error_messages["required"] = NO_TARGET
    return form


def _import_page(request: PageRequest, form: TextImportForm) -> HttpResponse:
    """The page of the text with its errors, where it can be corrected."""
    return render(request, "reports/text_import.html", {"form": form, "kept_days": SOURCE_KEPT_DAYS})
