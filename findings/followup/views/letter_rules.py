"""Views of the letter rules of an inspection: in whose name each kind is sent, and by which role."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.web.http import PageRequest, redirect_with_message
from findings.choices import LetterKind
from findings.followup.letter_forms import LetterRuleForm
from findings.followup.models.letter_rules import letter_rules
from findings.inspections.models.inspections import Inspection
from findings.work.http import form_page, get_editable_or_403


def crumbs_to(inspection: Inspection, *more: str) -> list[tuple[str, str]]:
    """The breadcrumbs from the settings to the rules, followed by ``more``."""
    settings = reverse("findings:inspection_edit", args=[inspection.pk])
    rules = reverse("findings:letter_rule_list", args=[inspection.pk])
    return [("设置", settings), ("文书规则", rules if more else ""), *((words, "") for words in more)]


def letter_rule_list(request: PageRequest, pk: int) -> HttpResponse:
    """The rule of every kind of letter, set or by default."""
    inspection = get_editable_or_403(request, Inspection.objects.visible_to(request.user), pk)
    context = {
        "inspection": inspection,
        "tab": "letter_rules",
        "crumbs": crumbs_to(inspection),
        "rules": letter_rules(inspection).values(),
    }
    return render(request, "findings/followup/letter_rule_list.html", context)


def letter_rule_edit(request: PageRequest, pk: int, letter: str) -> HttpResponse:
    """The form of the rule of one kind of letter; saving it sets what was a default."""
    inspection = get_editable_or_403(request, Inspection.objects.visible_to(request.user), pk)
    if letter not in LetterKind:
        raise Http404
    rule = letter_rules(inspection)[LetterKind(letter)]
    form = LetterRuleForm(request.POST or None, instance=rule)
    back = reverse("findings:letter_rule_list", args=[pk])
    if request.method == "POST" and form.save():
        return redirect_with_message(request, form.success_message(f"已保存{rule}的规则。"), back)
    context = {
        "title": f"{rule}由谁发出",
        "note": "只对以后发出的文书有效；已经发出的不变。",
        "tab": "letter_rules",
        "back": back,
        "crumbs": crumbs_to(inspection, str(rule)),
    }
    return form_page(request, form, inspection, **context)
