"""Views of a letter that was sent: correcting its number, registering receipt and answer, voiding it."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from accounts.models import User
from accounts.users.roles import Right, refusal
from accounts.web.http import PageRequest, redirect_with_message
from findings.choices import LetterKind
from findings.followup.letter_forms import LetterAnswerForm, LetterNumberForm, LetterVoidForm
from findings.followup.models.letter_rules import letter_rules
from findings.followup.models.supervision import Supervision
from findings.inspections.models.quoted_totals import undone_by_totals
from findings.units.scopes import user_scope
from findings.work.http import form_page

TAB = "letters"
Crumbs = list[tuple[str, str]]


def get_letter(request: PageRequest, pk: int) -> Supervision:
    """A letter in force or void that the user may see; 404 otherwise."""
    visible = Supervision.objects.visible_to(request.user).letters().select_related("inspection")
    return get_object_or_404(visible.prefetch_related("units"), pk=pk)


def crumbs_to(letter: Supervision, *more: str) -> Crumbs:
    """The breadcrumbs from the register to a letter, followed by ``more``."""
    register = reverse("ledgers:list", args=[letter.inspection_id, "letters"])
    page = letter.get_absolute_url() if more else ""
    return [("督办文书", register), (str(letter), page), *((words, "") for words in more)]


def may_correct(letter: Supervision, user: User) -> bool:
    """Whether the user may correct or void the letter: as who may send one of its kind."""
    return letter.voided_at is None and letter_rules(letter.inspection)[LetterKind(letter.letter)].can_send(user)


def may_answer(letter: Supervision, user: User) -> bool:
    """Whether the user may register receipt and answer: who supervises, and, until there is an answer, the unit."""
    if letter.voided_at is not None:
        return False
    if letter.inspection.allows(user, Right.SUPERVISE):
        return True
    unit = letter.recipient
    is_own = unit is not None and unit.pk in user_scope(user).units(Right.REPORT_WORK)
    return is_own and letter.answered_on is None


def correctable_letter(request: PageRequest, pk: int) -> Supervision:
    """The letter, if the user may correct it; otherwise 404 or 403."""
    letter = get_letter(request, pk)
    if not may_correct(letter, request.user):
        rule = letter_rules(letter.inspection)[LetterKind(letter.letter)]
        raise PermissionDenied(f"只有{rule.senders}可以更正和作废{rule}；已经作废的不能再改。")
    return letter


def letter_edit(request: PageRequest, pk: int) -> HttpResponse:
    """The form that corrects the number and the issuer of a letter."""
    letter = correctable_letter(request, pk)
    shown = get_letter(request, pk)  # the form writes its input to ``letter``
    form = LetterNumberForm(request.POST or None, instance=letter)
    if request.method == "POST" and form.save():
        return redirect_with_message(request, form.success_message("已更正。"), letter)
    context = {
        "title": "更正文号和落款",
        "note": "正文和所列事项是发出时的内容，不能改；写错了的，请作废后另发。更正以前的文号留在历史里。",
        "back": shown.get_absolute_url(),
        "crumbs": crumbs_to(shown, "更正"),
        "tab": TAB,
    }
    return form_page(request, form, shown.inspection, **context)


def letter_answer(request: PageRequest, pk: int) -> HttpResponse:
    """The form of the receipt of a letter and of the answer to it."""
    letter = get_letter(request, pk)
    if not may_answer(letter, request.user):
        unit = f"{letter.recipient}的填报员" if letter.recipient else ""
        raise PermissionDenied(
            f"{refusal(Right.SUPERVISE)}{unit}可以在登记答复以前签收和答复。作废的文书不能签收和答复。"
        )
    form = LetterAnswerForm(request.POST or None, instance=letter, user=request.user)
    if request.method == "POST" and form.save():
        return redirect_with_message(request, form.success_message("已登记签收和答复。"), letter)
    context = {
        "title": "登记签收和答复",
        "note": f"{letter}，发往{letter.recipient}。",
        "back": letter.get_absolute_url(),
        "crumbs": crumbs_to(letter, "登记签收和答复"),
        "tab": TAB,
    }
    return form_page(request, form, letter.inspection, **context)


def letter_void(request: PageRequest, pk: int) -> HttpResponse:
    """The form that voids a mistaken letter."""
    letter = correctable_letter(request, pk)
    form = LetterVoidForm(request.POST or None, instance=letter, user=request.user)
    if request.method == "POST" and form.save():
        return redirect_with_message(request, "已作废。文号保留，不再使用。", letter)
    context = {
        "title": "作废文书",
        "note": f"{letter}作废以后不能恢复：它不再计数、不再催复，也不能被以后的文书引用；内容、作废人和原因仍可查看。",
        "consequence": undone_by_totals(letter.inspection_id),
        "save_word": "确认作废",
        "back": letter.get_absolute_url(),
        "crumbs": crumbs_to(letter, "作废"),
        "tab": TAB,
    }
    return form_page(request, form, letter.inspection, **context)
