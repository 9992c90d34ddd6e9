"""The forms of accountability entries and recovered money."""

from __future__ import annotations

from findings.inspections.models.accountability import Accountability, Recovery
from findings.units.fields import AmountField
from findings.work.forms import FiledForm


class AccountabilityForm(FiledForm):
    """The form of an accountability entry: persons and person-times of one kind."""

    constraint_fields = {"accountability_times_at_least_persons": "person_times"}

    class Meta:
        model = Accountability
        fields = ("kind", "persons", "person_times", "decided_on", "finding")
        help_texts = {"person_times": "同一人处理两次计 1 人、2 人次；人次不能少于人数。"}


class RecoveryForm(FiledForm):
    """The form of recovered money of one kind."""

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
