"""The model of letter rules: in whose name each kind of letter is sent in an inspection, and which role sends it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from accounts.models import FieldHistory, Record, User
from accounts.text import LINE
from accounts.users.roles import ROLES, Right
from accounts.write_guard import RecordQuerySet
from findings.choices import LetterKind
from findings.inspections.models.inspections import Inspection
from findings.units.scopes import user_scope

SENDERS = [(role.key, role.label) for role in ROLES.values() if Right.SUPERVISE in role.rights]
CODES = {
    LetterKind.REMINDER: "函",
    LetterKind.SUPERVISION: "督",
    LetterKind.GUIDANCE: "指",
    LetterKind.NOTICE: "提",
    LetterKind.ADMONITION: "告",
    LetterKind.ACCOUNTABILITY: "责",
}


class LetterRule(Record):
    """The sender of one kind of letter in one inspection; without a record the default of ``letter_rules`` holds."""

    inspection = models.ForeignKey(
        Inspection, models.CASCADE, verbose_name="巡察", related_name="letter_rules", editable=False
    )
    letter = models.CharField("文书", max_length=20, choices=LetterKind, editable=False)
    issuer = models.CharField("发文单位", max_length=60, validators=LINE, help_text="文书的落款。")
    code = models.CharField(
        "发文代字",
        max_length=20,
        validators=LINE,
        help_text="文号中年份以前的部分，如：青巡办督，文号为“青巡办督〔2026〕1号”。",
    )
    role = models.CharField(
        "由谁发出",
        max_length=20,
        choices=SENDERS,
        help_text="该角色的任一人可以发出。选督查员的，角色授予范围大于被巡察单位的整改办（如巡察办的人）也可以。",
    )

    objects = RecordQuerySet["LetterRule"].as_manager()
    history = FieldHistory()
    timeline_parents = ("inspection",)

    class Meta:
        verbose_name = "文书规则"
        verbose_name_plural = "文书规则"
        ordering = ("inspection", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("inspection", "letter"),
                name="letter_rule_one_for_a_kind",
                violation_error_message="这种文书的规则刚才已由别人设定，请刷新后再改。",
            ),
        )

    def __str__(self) -> str:
        return self.get_letter_display()

    def clean(self) -> None:
        """Keep a proposal of accountability out of the hands of the inspected body."""
        if self.letter != LetterKind.ACCOUNTABILITY:
            return
        errors: dict[str, Any] = {}
        if self.role == "office":
            errors["role"] = "问责建议书不能由被巡察党组织的整改办发出。"
        if own_name(self.inspection) in self.issuer:
            errors["issuer"] = "问责建议书不能以被巡察党组织的名义发出。"
        if errors:
            raise ValidationError(errors)

    @property
    def senders(self) -> str:
        """Who may send, in words."""
        return "整改办" if self.role == "office" else "督查员和被巡察单位以上的整改办"

    def can_send(self, user: User) -> bool:
        """Whether the user may send this kind in the inspection.

        Beside the role itself the office of a wider area may send what the body's own office may not.
        """
        body, scope = self.inspection.unit_id, user_scope(user)
        if body in scope.area_of(self.role):
            return True
        above = [unit for role, unit in scope.active_roles if role.key == "office" and unit != body]
        return any(unit is None or body in scope.descendants[unit] for unit in above)


def own_name(inspection: Inspection) -> str:
    """The name of the inspected body without 党组 or 党委."""
    return inspection.body.removesuffix("党组").removesuffix("党委")


def default_rule(inspection: Inspection, letter: LetterKind) -> LetterRule:
    """The rule of a kind until another is set: reminders by the body's own office, all others by the inspecting one."""
    term, name, above = inspection.get_term_display(), own_name(inspection), inspection.commissioner
    if letter == LetterKind.REMINDER:
        issuer, code, role = f"{inspection.body}{term}整改工作领导小组办公室", f"{name}整改办", "office"
    else:
        issuer, code, role = f"{above}{term}工作领导小组办公室", f"{above}{term[0]}办", "supervisor"
    # Cut to what the model allows.
    rule = {"issuer": issuer[-60:], "code": f"{code[-19:]}{CODES[letter]}", "role": role}
    return LetterRule(inspection=inspection, letter=letter, **rule)


def letter_rules(inspection: Inspection) -> dict[LetterKind, LetterRule]:
    """The rule of every kind of letter, set or by default, in the order of escalation; one query."""
    stored = {rule.letter: rule for rule in inspection.letter_rules.all()}
    for rule in stored.values():
        rule.inspection = inspection
    return {letter: stored.get(letter) or default_rule(inspection, letter) for letter in LetterKind}
