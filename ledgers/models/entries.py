"""The entries of all special ledgers, in one table (ADR 14).

Which of the fields an entry uses is defined by its ledger in ``ledgers.special_ledgers``.
"""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import FieldHistory, Record, User
from accounts.text import LINE, PROSE
from accounts.users.roles import Right
from accounts.write_guard import RecordQuerySet
from findings.inspections.models.quoted_totals import lock_findings_quoting_totals
from findings.inspections.participation import BODY, visible_q
from findings.models import Evidence, Finding, Inspection, Measure, Unit
from findings.units.scopes import user_scope
from findings.workflow.signed_content import covering_findings
from ledgers.definitions import EntryState, Ledger
from ledgers.special_ledgers import LEDGERS


class EntryQuerySet(RecordQuerySet["Entry"]):
    """Filters for entries."""

    def visible_to(self, user: User) -> Self:
        """Entries of the user's bodies, and those of the user's units in inspections they take part in."""

        def own() -> Q:
            units = Entry.units.through.objects.filter(user_scope(user).units(Right.SEE_OWN).condition("unit"))
            return Q(pk__in=units.values("entry"), inspection__in=Inspection.objects.own_ids(user))

        return self.filter(visible_q(user, BODY, own))

    def of(self, inspection: Inspection) -> Self:
        """The entries of one inspection."""
        return self.filter(inspection=inspection)

    def in_ledger(self, ledger: Ledger) -> Self:
        """The entries of one ledger."""
        return self.filter(ledger=ledger.key)

    def lock(self, pk: int) -> None:
        """Lock an entry until the transaction ends."""
        # FOR NO KEY UPDATE lets other transactions insert rows that refer to the entry; SQLite ignores both.
        list(self.select_for_update(no_key=True).filter(pk=pk).order_by("pk").values_list("pk"))

    def overdue(self, on: dt.date | None = None) -> Self:
        """Entries past their deadline, or longer in a state than it allows; ``on`` defaults to today."""
        day = on or timezone.localdate()
        # Matches nothing: the neutral element of OR.
        late = Q(pk__in=())
        for ledger in LEDGERS.values():
            of_ledger = Q(ledger=ledger.key)
            late |= of_ledger & Q(due_on__lt=day) & ~Q(status__in=ledger.finals)
            for state in ledger.states:
                if state.days is not None:
                    late |= of_ledger & Q(status=state.key, received_on__lt=day - dt.timedelta(days=state.days))
        return self.filter(late)


class Entry(Record):
    """One entry of a special ledger: what came in or is planned, who handles it until when, and the outcome."""

    inspection = models.ForeignKey(Inspection, models.CASCADE, verbose_name="巡察", related_name="entries")
    ledger = models.CharField("台账", max_length=30, editable=False)
    # Each ledger uses only some of the following columns (ADR 14), so most may be blank.
    number = models.CharField("编号", max_length=60, blank=True, validators=LINE)
    title = models.CharField("事项", max_length=200, validators=LINE)
    kind = models.CharField("类型", max_length=20, blank=True, validators=LINE)
    party = models.CharField("来源或主持人", max_length=100, blank=True, validators=LINE)
    content = models.TextField("内容", blank=True, validators=PROSE)
    units = models.ManyToManyField(Unit, verbose_name="承办单位", blank=True, related_name="entries")
    person_in_charge = models.ForeignKey(
        User, models.PROTECT, verbose_name="责任人", null=True, blank=True, related_name="entries_in_charge"
    )
    received_on = models.DateField("收到日期", default=timezone.localdate)
    due_on = models.DateField("办理期限", null=True, blank=True)
    # Written only by the workflow engine; its values are the keys of the ledger's states.
    status = models.CharField("状态", max_length=20, editable=False)
    done_on = models.DateField("办结日期", null=True, blank=True, editable=False)
    quantity = models.PositiveIntegerField("人次", null=True, blank=True)
    amount = models.DecimalField(
        "金额（万元）", max_digits=14, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    handled = models.TextField("办理情况", blank=True, validators=PROSE)
    revisited_on = models.DateField("回访日期", null=True, blank=True)
    result = models.TextField("回访结果", blank=True, validators=PROSE)
    note = models.CharField("备注", max_length=200, blank=True, validators=LINE)
    findings = models.ManyToManyField(Finding, verbose_name="对应问题", blank=True, related_name="entries")
    measures = models.ManyToManyField(Measure, verbose_name="对应措施", blank=True, related_name="entries")
    evidence = models.ManyToManyField(Evidence, verbose_name="佐证材料", blank=True, related_name="entries")

    objects = EntryQuerySet.as_manager()
    counts_in_totals = True  # outcomes can quote totals over entries (``findings.inspections.totals``)
    signed_through = ("findings", "measures__finding")  # lookups of the findings whose sign-offs cover an entry
    history = FieldHistory(m2m_fields=[units, findings, measures, evidence])
    timeline_parents = ("inspection",)

    class Meta:
        verbose_name = "台账事项"
        verbose_name_plural = "台账事项"
        ordering = ("inspection", "ledger", "-received_on", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(due_on=None) | Q(due_on__gte=F("received_on")),
                name="entry_due_after_received",
                violation_error_message="办理期限不能早于登记的起始日期。",
            ),
        )
        # The default order of each ledger's list.
        indexes = (models.Index(fields=("inspection", "ledger", "received_on", "id"), name="entry_received"),)

    def __str__(self) -> str:
        return self.title

    @classmethod
    def new_entry(cls, inspection: Inspection, ledger: Ledger) -> Self:
        """A new unsaved entry in the first state of its ledger."""
        return cls(inspection=inspection, ledger=ledger.key, status=ledger.states[0].key)

    def get_absolute_url(self) -> str:
        """The page of this entry."""
        return reverse("ledgers:entry_detail", args=[self.pk])

    @property
    def definition(self) -> Ledger:
        """The definition of the entry's ledger; KeyError for a ledger that no longer exists."""
        return LEDGERS[self.ledger]

    @property
    def state(self) -> EntryState:
        """The definition of the entry's state."""
        return self.definition.state(self.status)

    @property
    def next_due_on(self) -> dt.date | None:
        """The next date by which something must be done; None when nothing must, or no date is set.

        The earlier of the deadline and the end of the days that the state allows.
        """
        if self.state.final:
            return None
        days = [self.due_on] if self.due_on else []
        if self.state.days is not None:
            days.append(self.received_on + dt.timedelta(days=self.state.days))
        return min(days, default=None)

    def is_filled_in_by(self, user: User) -> bool:
        """Whether the user may report what was done: the office, and reporters of the entry's units."""
        if self.inspection.allows(user, Right.EDIT_RECORDS) or self.inspection.allows(user, Right.REPORT_WORK):
            return True
        units = user_scope(user).units(Right.REPORT_WORK)
        return any(unit.pk in units for unit in self.units.all())

    def lock_parents(self) -> None:
        """Lock the findings whose sign-offs may become void: those linked before or after, and those quoting totals."""
        new_findings = (finding.pk for finding in self.new_links.get("findings", ()))
        through_measures = (measure.finding_id for measure in self.new_links.get("measures", ()))  # type: ignore[attr-defined]
        lock_findings_quoting_totals(self.inspection_id, *covering_findings(self), *new_findings, *through_measures)

    def clean(self) -> None:
        """Refuse a follow-up visit in the future, which no check constraint can compare with today."""
        if self.revisited_on is not None and self.revisited_on > timezone.localdate():
            raise ValidationError({"revisited_on": "回访日期不能在今天之后。"})
