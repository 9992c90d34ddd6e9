"""The forms of what is filed beside the findings: people held to account, money, supervision."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from accounts.web.forms import named_in
from findings.followup.models.supervision import Supervision
from findings.inspections.models.accountability import Accountability, Recovery
from findings.inspections.models.findings import Finding
from findings.units.fields import AmountField, FindingsField, UnitsField, choose_from
from findings.work.forms import LONG, SHORT, FiledForm, ScopedForm


class AccountabilityForm(FiledForm):
    """How many people, and how many times, were dealt with in one way."""

    constraint_fields = {"accountability_times_at_least_persons": "person_times"}

    class Meta:
        model = Accountability
        fields = ("kind", "persons", "person_times", "decided_on", "finding")
        help_texts = {"person_times": "同一人处理两次计 1 人、2 人次；人次不能少于人数。"}


class RecoveryForm(FiledForm):
    """Money that came back in one way."""

    amount = AmountField(
        label="金额（元）",
        max_digits=14,
        decimal_places=2,
        help_text="以元计，如 1,234.50；以万元计的写明单位，如 1.2万元。",
    )
    constraint_fields = {"recovery_amount_positive": "amount"}

    class Meta:
        model = Recovery
        fields = ("kind", "amount", "recovered_on", "voucher", "finding")


SUPERVISION_SECTIONS = (
    ("督查、通报或回访", ("kind", "held_on", "number", "held_by", "found", "demand")),
    ("涉及的单位和问题", ("units", "findings")),
    ("回复", ("answer_due_on", "answered_on", "answer")),
)


class SupervisionForm(ScopedForm):
    """One act of supervision, bulletin or follow-up visit."""

    units = UnitsField("涉及单位")
    findings = FindingsField("涉及问题")
    preset_fields = ("inspection",)
    constraint_fields = {
        "supervision_due_after_held": "answer_due_on",
        "supervision_answered_after_held": "answered_on",
        "supervision_answer_has_its_day": "answered_on",
    }
    sections = SUPERVISION_SECTIONS

    class Meta:
        model = Supervision
        fields = named_in(SUPERVISION_SECTIONS)
        widgets = {"found": LONG, "demand": SHORT, "answer": SHORT}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        findings = Finding.objects.visible_to(user).of(self.instance.inspection)
        choose_from(self.fields["findings"], findings.order_by("aspect__order", "parent", "order"))
