"""The model of supervision: notices, on-site visits, bulletins, follow-up visits, and letters (ADR 20)."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import FieldHistory, Record, User
from accounts.text import LINE, PROSE
from accounts.users.roles import Right
from accounts.write_guard import RecordQuerySet
from documents.numerals import full_date
from findings.choices import LetterKind, SupervisionKind
from findings.inspections.models.findings import Finding
from findings.inspections.models.inspections import Inspection
from findings.inspections.models.measures import Measure
from findings.inspections.models.quoted_totals import lock_findings_quoting_totals
from findings.inspections.participation import BODY, visible_q
from findings.units.models import Unit
from findings.units.scopes import user_scope


class SupervisionQuerySet(RecordQuerySet["Supervision"]):
    """Filters and counts of supervision."""

    def visible_to(self, user: User) -> Self:
        """Supervision of the user's bodies, or about a finding of theirs or, in their inspections, a unit of theirs."""

        def concerned() -> Q:
            findings = Supervision.findings.through.objects.filter(finding__in=Finding.objects.own_ids(user))
            units = Supervision.units.through.objects.filter(user_scope(user).units(Right.SEE_OWN).condition("unit"))
            # A unit that is named sees it only in inspections in which it takes part.
            named = Q(pk__in=units.values("supervision"), inspection__in=Inspection.objects.own_ids(user))
            seen = Q(pk__in=findings.values("supervision")) | named
            return seen & ~Q(letter=LetterKind.ACCOUNTABILITY)

        return self.filter(visible_q(user, BODY, concerned))

    def shown_to_units(self) -> Self:
        """All but the letters that are about a unit and not to it."""
        return self.exclude(letter=LetterKind.ACCOUNTABILITY)

    def of(self, inspection: Inspection) -> Self:
        """Supervision of one inspection."""
        return self.filter(inspection=inspection)

    def letters(self) -> Self:
        """The letters, void ones included."""
        return self.exclude(letter="")

    def without_letters(self) -> Self:
        """What was recorded by hand: visits, notices and bulletins."""
        return self.filter(letter="")

    def in_force(self) -> Self:
        """All but void letters."""
        return self.filter(voided_at=None)

    def unanswered(self, on: dt.date | None = None) -> Self:
        """Supervision whose answer was due before a day, by default today, and is missing."""
        return self.in_force().filter(answer_due_on__lt=on or timezone.localdate(), answered_on=None)

    def counts(self) -> list[tuple[SupervisionKind, int]]:
        """The number of each kind, also of kinds that do not occur; one query."""
        found = dict(self.in_force().order_by().values_list("kind").annotate(number=models.Count("pk")))
        return [(kind, found.get(kind.value, 0)) for kind in SupervisionKind]


class Supervision(Record):
    """One act of supervision (督查), bulletin (通报), follow-up visit (回访) or letter, and the answer to it.

    A letter names its kind in ``letter``. It is sent in the name of ``held_by`` on ``held_on`` to its one unit;
    ``found`` and ``demand`` are its text. It is never deleted: a mistaken one becomes void and keeps its number.
    """

    inspection = models.ForeignKey(Inspection, models.CASCADE, verbose_name="巡察", related_name="supervision")
    kind = models.CharField("方式", max_length=20, choices=SupervisionKind)
    held_on = models.DateField("日期", default=timezone.localdate)
    number = models.CharField("文号", max_length=60, blank=True, validators=LINE, help_text="书面通知和通报的文号。")
    held_by = models.CharField(
        "实施单位和人员", max_length=200, validators=LINE, help_text="如：区委巡察办 王强、李敏；回访填回访人。"
    )
    units = models.ManyToManyField(Unit, verbose_name="涉及单位", blank=True, related_name="supervision")
    findings = models.ManyToManyField(Finding, verbose_name="涉及问题", blank=True, related_name="supervision")
    found = models.TextField("发现的情况", validators=PROSE, help_text="通报填通报内容，回访填回访结果。")
    demand = models.TextField("整改要求", blank=True, validators=PROSE)
    answer_due_on = models.DateField("要求回复日期", null=True, blank=True)
    answered_on = models.DateField("回复日期", null=True, blank=True)
    answer = models.TextField("回复内容", blank=True, validators=PROSE)

    letter = models.CharField("文书", max_length=20, choices=LetterKind, blank=True, default="", editable=False)
    measures = models.ManyToManyField(
        Measure, verbose_name="所列措施", blank=True, editable=False, related_name="letters"
    )
    # What the letter said on the day it was sent: ``content``, the values of its form; ``items``, pairs of the keys of
    # finding and measure (None for the finding as a whole); ``cited``, the keys of the letters it refers to.
    as_sent = models.JSONField("发出时的内容", default=dict, editable=False)
    sent_by = models.ForeignKey(
        User, models.PROTECT, verbose_name="经办人", null=True, blank=True, editable=False, related_name="sent_letters"
    )
    received_on = models.DateField("签收日期", null=True, blank=True)
    received_by = models.CharField("签收人", max_length=60, blank=True, default="", validators=LINE)
    voided_at = models.DateTimeField("作废时间", null=True, blank=True, editable=False)
    voided_by = models.ForeignKey(
        User,
        models.PROTECT,
        verbose_name="作废人",
        null=True,
        blank=True,
        editable=False,
        related_name="voided_letters",
    )
    void_reason = models.CharField("作废原因", max_length=200, blank=True, default="", validators=LINE)

    objects = SupervisionQuerySet.as_manager()
    counts_in_totals = True  # outcomes quote its numbers (``findings.inspections.totals``)
    history = FieldHistory(excluded_fields=["as_sent"], m2m_fields=[units, findings, measures])
    timeline_parents = ("inspection", "findings", "measures")

    class Meta:
        verbose_name = "督查回访记录"
        verbose_name_plural = "督查回访记录"
        ordering = ("inspection", "-held_on", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(answer_due_on=None) | Q(answer_due_on__gte=F("held_on")),
                name="supervision_due_after_held",
                violation_error_message="要求回复日期不能早于督查日期。",
            ),
            models.CheckConstraint(
                condition=Q(answered_on=None) | Q(answered_on__gte=F("held_on")),
                name="supervision_answered_after_held",
                violation_error_message="回复日期不能早于督查日期。",
            ),
            models.CheckConstraint(
                condition=Q(answer="") | Q(answered_on__isnull=False),
                name="supervision_answer_has_its_day",
                violation_error_message="有回复内容的，请填写回复日期。",
            ),
            models.CheckConstraint(
                condition=Q(letter="", sent_by=None)
                | (Q(answer_due_on__isnull=False, sent_by__isnull=False) & ~Q(letter="") & ~Q(number="")),
                name="supervision_letter_is_complete",
                violation_error_message="文书必须有文号、回复期限和经办人。",
            ),
            models.UniqueConstraint(
                fields=("held_by", "number"),
                condition=~Q(letter=""),
                name="supervision_letter_number_unique",
                violation_error_message="这个发文单位已经用过这个文号，作废的文书也占用文号。请换一个。",
            ),
            models.CheckConstraint(
                condition=Q(voided_at=None, voided_by=None, void_reason="")
                | (Q(voided_at__isnull=False, voided_by__isnull=False) & ~Q(void_reason="") & ~Q(letter="")),
                name="supervision_void_by_whom_and_why",
                violation_error_message="作废的文书必须写明作废人、时间和原因。",
            ),
            models.CheckConstraint(
                condition=Q(received_on=None) | Q(received_on__gte=F("held_on")),
                name="supervision_received_after_held",
                violation_error_message="签收日期不能早于发文日期。",
            ),
        )
        indexes = (models.Index(fields=("inspection", "held_on", "id"), name="supervision_held"),)

    def __str__(self) -> str:
        if self.letter:
            return f"{self.get_letter_display()}（{self.number}）"
        return f"{self.held_on.year}年{self.held_on.month}月{self.held_on.day}日{self.get_kind_display()}"

    def lock_parents(self) -> None:
        """Lock the closed findings whose outcomes quote totals, which this write may change."""
        lock_findings_quoting_totals(self.inspection_id)

    def get_absolute_url(self) -> str:
        """The page of the record."""
        return reverse("findings:supervision_detail", args=[self.pk])

    @property
    def citation(self) -> str:
        """A letter as another one cites it, by name, number and day."""
        return f"《{self.get_letter_display()}》（{self.number}，{full_date(self.held_on)}）"

    @property
    def recipient(self) -> Unit | None:
        """The unit that a letter is to, or about; None for a record that is no letter."""
        return next(iter(self.units.all()), None) if self.letter else None

    @property
    def item_keys(self) -> set[tuple[int, int | None]]:
        """The items on a letter: the key of the finding and that of the measure, None for the finding as a whole."""
        return {(finding, measure) for finding, measure in self.as_sent.get("items", ())}

    def is_running(self, on: dt.date) -> bool:
        """Whether the time that the letter allows has not passed on a day."""
        return self.answer_due_on is not None and self.answer_due_on >= on
