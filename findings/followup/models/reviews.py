"""The models of checks after the sign-off: spot checks of a sample, and reviews of long-term findings."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import FieldHistory, Record, User
from accounts.text import LINE, PROSE
from accounts.write_guard import RecordQuerySet
from findings.choices import CheckResult, ReviewResult, SampleOf
from findings.followup.sampling import ALGORITHM, sample
from findings.inspections.models.findings import Finding
from findings.inspections.models.inspections import Inspection
from findings.inspections.participation import BODY, visible_q
from findings.units.models import Unit


class SpotCheckQuerySet(RecordQuerySet["SpotCheck"]):
    """Filters of spot checks."""

    def visible_to(self, user: User) -> Self:
        """Spot checks of the user's bodies, and those that drew a finding in which the user takes part."""

        def drew_own() -> Q:
            drawn = SpotCheckItem.objects.filter(finding__in=Finding.objects.own_ids(user))
            return Q(pk__in=drawn.values("spot_check"))

        return self.filter(visible_q(user, BODY, drew_own))


class SpotCheck(Record):
    """A sample of closed findings, drawn so that anyone can repeat the draw (反向核查).

    Everything the draw depends on is stored: the seed, the share, the algorithm, and the findings drawn from.
    """

    inspection = models.ForeignKey(Inspection, models.CASCADE, verbose_name="巡察", related_name="spot_checks")
    share = models.PositiveSmallIntegerField(
        "抽查比例（%）", default=20, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    sample_of = models.CharField("抽查范围", max_length=20, choices=SampleOf, default=SampleOf.ALL)
    unit = models.ForeignKey(
        Unit, models.PROTECT, verbose_name="牵头单位", null=True, blank=True, related_name="spot_checks"
    )
    seed = models.CharField(
        "随机种子",
        max_length=60,
        blank=True,
        validators=LINE,
        help_text="同一种子、同一批问题抽出的结果总是相同。可填事先公布的号码；不填由系统随机产生。",
    )
    algorithm = models.CharField("抽样算法", max_length=30, default=ALGORITHM, editable=False)
    # The findings at the time of the draw; later ones must not change its proof.
    population = models.ManyToManyField(
        Finding, verbose_name="参加抽样的问题", editable=False, related_name="sampled_in"
    )
    drawn_at = models.DateTimeField("抽样时间", default=timezone.now, editable=False)
    drawn_by = models.ForeignKey(
        User, models.PROTECT, verbose_name="抽样人", editable=False, related_name="drawn_spot_checks"
    )

    objects = SpotCheckQuerySet.as_manager()
    history = FieldHistory(m2m_fields=[population])
    timeline_parents = ("inspection",)

    class Meta:
        verbose_name = "反向核查"
        verbose_name_plural = "反向核查"
        ordering = ("inspection", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(share__gte=1, share__lte=100),
                name="spot_check_share_is_a_percentage",
                violation_error_message="抽查比例为 1 到 100。",
            ),
        )

    def __str__(self) -> str:
        day = timezone.localtime(self.drawn_at)
        return f"{day.year}年{day.month}月{day.day}日按 {self.share}% 抽查{self.get_sample_of_display()}"

    def get_absolute_url(self) -> str:
        """The page of the sample."""
        return reverse("findings:spot_check_detail", args=[self.pk])

    def drawn_again(self) -> list[int]:
        """The keys of the findings that the same draw gives now, in the order drawn."""
        return sample(self.seed, self.population.values_list("pk", flat=True), self.share)


class SpotCheckItemQuerySet(RecordQuerySet["SpotCheckItem"]):
    """Filters of drawn findings."""

    def visible_to(self, user: User) -> Self:
        """Drawn findings that the user may see."""
        return self.filter(finding__in=Finding.objects.visible_to(user))


class SpotCheckItem(Record):
    """One finding of a sample, with the result of checking it."""

    spot_check = models.ForeignKey(SpotCheck, models.CASCADE, verbose_name="反向核查", related_name="items")
    finding = models.ForeignKey(Finding, models.CASCADE, verbose_name="问题", related_name="spot_check_items")
    place = models.PositiveIntegerField("抽中次序", editable=False)
    result = models.CharField("核查结果", max_length=10, choices=CheckResult, default=CheckResult.WAITING)
    visited_on = models.DateField("核查日期", null=True, blank=True)
    visitor = models.CharField("核查人", max_length=100, blank=True, validators=LINE)
    note = models.TextField("核查情况", blank=True, validators=PROSE, help_text="不实的必须写明，作为重新整改的理由。")
    checked_at = models.DateTimeField("登记结果时间", null=True, blank=True, editable=False)
    checked_by = models.ForeignKey(
        User,
        models.PROTECT,
        verbose_name="登记人",
        null=True,
        blank=True,
        editable=False,
        related_name="checked_items",
    )

    objects = SpotCheckItemQuerySet.as_manager()
    history = FieldHistory()
    timeline_parents = ("spot_check", "finding")

    class Meta:
        verbose_name = "核查结果"
        verbose_name_plural = "核查结果"
        ordering = ("spot_check", "place")
        constraints = (
            models.UniqueConstraint(
                fields=("spot_check", "finding"),
                name="spot_check_item_unique",
                violation_error_message="这个问题在本次抽查中只能有一项结果。",
            ),
            models.CheckConstraint(
                condition=Q(result=CheckResult.WAITING, checked_at=None, checked_by=None)
                | (~Q(result=CheckResult.WAITING) & Q(checked_at__isnull=False, checked_by__isnull=False)),
                name="spot_check_item_checked_by_whom_and_when",
                violation_error_message="核查结果必须写明谁在什么时候登记。",
            ),
        )

    def __str__(self) -> str:
        return f"{self.finding}：{self.get_result_display()}"

    def clean(self) -> None:
        """Require day and visitor with a result, and a note with 不实; refuse a day in the future (ValidationError)."""
        errors = {"visited_on": message} if (message := after_today(self.visited_on)) else {}
        if self.result != CheckResult.WAITING:
            asked = {"visited_on": "请填写核查日期。", "visitor": "请填写核查人。"}
            if self.result == CheckResult.UNTRUE:
                asked["note"] = "核查不实的，请写明核查情况。"
            errors |= {name: words for name, words in asked.items() if not getattr(self, name)}
        if errors:
            raise ValidationError(errors)

    def lock_parents(self) -> None:
        """Lock the finding, as every write below a finding does."""
        Finding.objects.lock(self.finding_id)

    @property
    def inspection(self) -> Inspection:
        """The inspection of the sample."""
        return self.spot_check.inspection


class FollowUpReviewQuerySet(RecordQuerySet["FollowUpReview"]):
    """Filters of reviews."""

    def visible_to(self, user: User) -> Self:
        """Reviews of the findings that the user may see."""
        return self.filter(finding__in=Finding.objects.visible_to(user))


class FollowUpReview(Record):
    """One review of a long-term finding (回头看): whether its results last; never changed once recorded."""

    finding = models.ForeignKey(Finding, models.CASCADE, verbose_name="问题", related_name="reviews")
    # Copied from the finding, whose date moves on with the review.
    due_on = models.DateField("应复查日期", editable=False)
    reviewed_on = models.DateField("复查日期", default=timezone.localdate)
    result = models.CharField("复查结果", max_length=10, choices=ReviewResult)
    note = models.TextField("复查情况", validators=PROSE, help_text="反弹的，作为重新整改的理由。")
    recorded_at = models.DateTimeField("登记时间", default=timezone.now, editable=False)
    recorded_by = models.ForeignKey(
        User, models.PROTECT, verbose_name="登记人", editable=False, related_name="recorded_reviews"
    )

    objects = FollowUpReviewQuerySet.as_manager()
    history = FieldHistory()
    timeline_parents = ("finding",)

    class Meta:
        verbose_name = "复查记录"
        verbose_name_plural = "复查记录"
        ordering = ("-reviewed_on", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=("finding", "reviewed_on"),
                name="review_once_a_day",
                violation_error_message="这个问题在这一天已经登记过复查。",
            ),
        )

    def __str__(self) -> str:
        day = self.reviewed_on
        return f"{day.year}年{day.month}月{day.day}日复查：{self.get_result_display()}"

    def lock_parents(self) -> None:
        """Lock the finding, as every write below a finding does."""
        Finding.objects.lock(self.finding_id)

    def clean(self) -> None:
        """Refuse a review in the future (ValidationError)."""
        if message := after_today(self.reviewed_on):
            raise ValidationError({"reviewed_on": message})

    @property
    def inspection(self) -> Inspection:
        """The inspection of the finding."""
        return self.finding.inspection


def after_today(day: dt.date | None) -> str:
    """The sentence (Chinese) against a day in the future, or an empty string; None is allowed."""
    return "不能晚于今天。" if day is not None and day > timezone.localdate() else ""
