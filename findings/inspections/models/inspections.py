"""The model of inspections, with everything in which one inspection may differ from another."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.functional import cached_property

from accounts.models import FieldHistory, Record, User
from accounts.text import LINE
from accounts.users.roles import ROLES, Right
from accounts.write_guard import RecordQuerySet
from documents.numerals import full_date
from findings.choices import Completion, Counting, InspectionKind, Level, Status, Term
from findings.inspections.models.counted_totals import count_totals
from findings.inspections.participation import OwnFinding, own_findings, visible_q
from findings.inspections.totals import TotalsRenderer
from findings.units.models import Unit
from findings.units.scopes import user_scope

# The order in which the dates must fall; the constraint and the form use the same list.
DATES_IN_ORDER = ("started_on", "ended_on", "feedback_on", "plan_due_on", "rectification_due_on", "report_due_on")

DECIDERS = [(role.key, role.label) for role in ROLES.values() if Right.DECIDE_EXTENSIONS in role.rights]


def label_of(model: type[models.Model], name: str) -> str:
    """The Chinese label of a model field; ``name`` itself for a relation without one."""
    field = model._meta.get_field(name)
    return str(field.verbose_name) if isinstance(field, models.Field) else name


def _in_order(earlier: str, later: str) -> Q:
    return Q(**{earlier: None}) | Q(**{later: None}) | Q(**{f"{later}__gte": F(earlier)})


def _dates_in_order() -> Q:
    condition = Q()
    for index, earlier in enumerate(DATES_IN_ORDER):
        # All pairs, because dates between two of them may be missing.
        for later in DATES_IN_ORDER[index + 1 :]:
            condition &= _in_order(earlier, later)
    return condition


class InspectionQuerySet(RecordQuerySet["Inspection"]):
    """Filters and totals of inspections."""

    def visible_to(self, user: User) -> Self:
        """Inspections of the user's bodies, and those in which the user takes part."""
        return self.filter(visible_q(user, "unit", lambda: Q(pk__in=self.own_ids(user))))

    def own_findings(self, user: User) -> list[OwnFinding]:
        """The findings in which the user takes part, with the keys of inspection, aspect and parent.

        Looked up once for each request: as a subquery in every query of a page it would take most of the page's time.
        """
        scope = user_scope(user)
        if scope.own_findings is None:
            scope.own_findings = own_findings(self.model._default_manager.order_by(), user)
        return scope.own_findings

    def own_ids(self, user: User) -> frozenset[int]:
        """The keys of the inspections in which the user takes part."""
        return frozenset(row.inspection for row in self.own_findings(user))

    def limit_scope(self, user: User, key: int) -> None:
        """For the rest of the request, look up the user's part only in one inspection (key).

        For pages that show nothing else, since a unit may have taken part in many inspections. It can hide what the
        user may see, but never show what they may not.
        """
        scope = user_scope(user)
        if scope.depends_on_own_findings:
            scope.own_findings = own_findings(self.order_by().filter(pk=key), user)


def totals_saying(inspection: int) -> TotalsRenderer:
    """A renderer of the texts of an inspection (key), which counts the totals that they quote."""
    return TotalsRenderer(lambda relation: count_totals(Inspection.objects.filter(pk=inspection), relation))


class Inspection(Record):
    """One inspection: who inspected whom and when, its deadlines, and the words in which it is published."""

    name = models.CharField(
        "名称",
        max_length=100,
        unique=True,
        error_messages={"unique": "这个名称已经用过，请换一个名称。"},
        validators=LINE,
        help_text="如：2025年区委第三轮巡察·区政府办",
    )
    term = models.CharField("类别", max_length=10, choices=Term, default=Term.XUNCHA)
    kind = models.CharField(
        "方式", max_length=20, choices=InspectionKind, blank=True, help_text="不填则报告只写“巡察”。"
    )
    level = models.CharField("级别", max_length=20, choices=Level, default=Level.DISTRICT)
    round = models.CharField("轮次", max_length=60, blank=True, validators=LINE, help_text="如：十三届区委第三轮巡察")
    commissioner = models.CharField("派出党委", max_length=40, validators=LINE, help_text="公开报告中的称谓，如：区委")
    team = models.CharField("巡察组", max_length=60, validators=LINE, help_text="如：区委第三巡察组")
    body = models.CharField(
        "被巡察党组织", max_length=60, validators=LINE, help_text="公开报告中的称谓，如：区政府办党组"
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, verbose_name="被巡察单位", null=True, blank=True, related_name="inspections"
    )

    started_on = models.DateField(
        "巡察开始日期", null=True, blank=True, help_text="公开报告写到月还是写到日，由体例决定。"
    )
    ended_on = models.DateField("巡察结束日期", null=True, blank=True)
    feedback_on = models.DateField("反馈日期", null=True, blank=True)
    plan_due_on = models.DateField("整改方案上报期限", null=True, blank=True)
    rectification_due_on = models.DateField("集中整改期限", null=True, blank=True)
    report_due_on = models.DateField("整改进展上报期限", null=True, blank=True)

    notice_days = models.PositiveSmallIntegerField("提醒天数", default=20, help_text="到期前多少天开始提醒。")
    warning_days = models.PositiveSmallIntegerField("预警天数", default=10, help_text="到期前多少天显示黄色。")
    letter_days = models.PositiveSmallIntegerField(
        "情况提醒书提前天数", default=30, help_text="到期前多少天可以发情况提醒书。"
    )
    extensions_by = models.CharField(
        "延期由谁批准", max_length=20, choices=DECIDERS, default="office", help_text="该角色的任一人可以批准延期申请。"
    )

    open_word = models.CharField("“待整改”的用词", max_length=20, default=Status.OPEN.label, validators=LINE)
    in_progress_word = models.CharField(
        "“整改中”的用词", max_length=20, default=Status.IN_PROGRESS.label, validators=LINE
    )
    submitted_word = models.CharField("“待审核”的用词", max_length=20, default=Status.SUBMITTED.label, validators=LINE)
    closed_word = models.CharField("“已销号”的用词", max_length=20, default=Status.CLOSED.label, validators=LINE)
    complete_word = models.CharField("“完成”的用词", max_length=20, default=Completion.COMPLETE.label, validators=LINE)
    substantially_word = models.CharField(
        "“基本完成”的用词", max_length=20, default=Completion.SUBSTANTIALLY.label, validators=LINE
    )
    staged_word = models.CharField(
        "“阶段性完成”的用词", max_length=20, default=Completion.STAGED.label, validators=LINE
    )

    counting = models.CharField("问题数口径", max_length=20, choices=Counting, default=Counting.FINDINGS)
    substantially_counts = models.BooleanField(
        "“基本完成”计入已完成", default=False, help_text="计入的，页面和报告都写明“含基本完成”多少个；不计入的单列。"
    )
    staged_counts = models.BooleanField(
        "“阶段性完成”计入已完成",
        default=False,
        help_text="计入的，页面和报告都写明“含阶段性完成”多少个；不计入的单列。",
    )

    import_digest = models.CharField(
        "导入文本摘要", max_length=64, null=True, blank=True, unique=True, editable=False
    )  # NULL, not "", so that many inspections may have none

    objects = InspectionQuerySet.as_manager()
    history = FieldHistory(excluded_fields=["import_digest"])

    class Meta:
        verbose_name = "巡察"
        verbose_name_plural = "巡察"
        # Inspections under way, without a feedback, come first.
        ordering = (F("feedback_on").desc(nulls_first=True), "-pk")
        constraints = (
            models.CheckConstraint(
                condition=_dates_in_order(),
                name="inspection_dates_in_order",
                violation_error_message="巡察的各项日期先后顺序不对。",
            ),
            models.CheckConstraint(
                condition=Q(warning_days__lte=F("notice_days")),
                name="inspection_warning_within_notice",
                violation_error_message="预警天数不能多于提醒天数。",
            ),
        )

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The overview page of the inspection."""
        return reverse("findings:inspection_detail", args=[self.pk])

    @property
    def inspectors(self) -> str:
        """The inspectors as the report calls them, as 区委巡察组."""
        return f"{self.commissioner}{Term(self.term).label}组"

    @cached_property
    def saying(self) -> TotalsRenderer:
        """A renderer of its texts with the totals they quote, cached for one page, so that totals are counted once."""
        return totals_saying(self.pk)

    def status_word(self, status: str) -> str:
        """This inspection's own word for a status; ValueError for a code that is none."""
        words = {
            Status.OPEN: self.open_word,
            Status.IN_PROGRESS: self.in_progress_word,
            Status.SUBMITTED: self.submitted_word,
            Status.CLOSED: self.closed_word,
        }
        return words[Status(status)]

    def allows(self, user: User, right: Right) -> bool:
        """Whether the user has a right over the whole of this inspection."""
        return self.unit_id in user_scope(user).bodies(right)

    def completion_word(self, completion: str) -> str:
        """This inspection's own word for a degree of completion; an empty string for an empty code."""
        words = {
            "": "",
            Completion.COMPLETE: self.complete_word,
            Completion.SUBSTANTIALLY: self.substantially_word,
            Completion.STAGED: self.staged_word,
        }
        return words[completion]

    @property
    def kind_name(self) -> str:
        """The name of its kind, such as 常规巡察 or 巡察“回头看”; "" when it is not known."""
        return InspectionKind(self.kind).name_for(Term(self.term).label) if self.kind else ""

    @property
    def counting_note(self) -> str:
        """How it counts findings, as it stands beside its numbers (Chinese)."""
        by_leaves = self.counting == Counting.LEAVES
        return "按分项问题计，有分项的只计分项" if by_leaves else "按反馈问题计，不含分项问题"

    @property
    def completed_label(self) -> str:
        """已完成, with the other degrees of completion that it counts as such: 已完成（含基本完成）."""
        included = "、".join(self.completion_word(one) for one in self.counted_completions()[1:])
        return f"已完成（含{included}）" if included else "已完成"

    def counted_completions(self) -> list[str]:
        """The degrees of completion that this inspection publishes as completed."""
        counted = [Completion.COMPLETE.value]
        if self.substantially_counts:
            counted.append(Completion.SUBSTANTIALLY.value)
        if self.staged_counts:
            counted.append(Completion.STAGED.value)
        return counted

    def clean(self) -> None:
        """Check the order of the dates, with the error at the later of the two, and the warning days."""
        errors: dict[str, str] = {}
        dated = [(name, getattr(self, name)) for name in DATES_IN_ORDER if isinstance(getattr(self, name), dt.date)]
        for (earlier, before), (later, after) in itertools.pairwise(dated):
            if after < before:
                errors[later] = f"不能早于{label_of(type(self), earlier)}（{full_date(before)}）。"
        if self.warning_days is not None and self.notice_days is not None and self.warning_days > self.notice_days:
            errors["warning_days"] = f"不能多于提醒天数（{self.notice_days}）。"
        if errors:
            raise ValidationError(errors)
