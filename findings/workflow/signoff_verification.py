"""The check of all sign-offs against the present records, for changes made past the application."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import models

from findings.choices import Status
from findings.inspections.models.findings import Finding
from findings.workflow.models.signoffs import SignOff
from findings.workflow.signed_content import present_payload


class DeviationKind(models.TextChoices):
    """The kinds of deviations; ``UNSIGNED`` breaks nothing: findings imported as closed were signed elsewhere."""

    ALTERED = "altered", "签署内容被改"
    DIFFERENT = "different", "与现在的内容不符"
    UNCLOSED = "unclosed", "有效销号的问题没有销号"
    UNSIGNED = "unsigned", "未经系统销号"


@dataclass(frozen=True)
class Deviation:
    """A sign-off or finding that deviates, with a sentence (Chinese) about it."""

    kind: DeviationKind
    finding: int
    signoff: int | None
    words: str

    @property
    def is_broken(self) -> bool:
        """Whether the deviation has to be looked into."""
        return self.kind != DeviationKind.UNSIGNED


@dataclass(frozen=True)
class SignOffCheck:
    """The result: the number of sign-offs checked, how many of them are in force, and the remarks."""

    signoffs: int
    in_force: int
    remarks: list[Deviation]

    @property
    def is_broken(self) -> bool:
        """Whether at least one remark has to be looked into."""
        return any(remark.is_broken for remark in self.remarks)


def check_signoffs() -> SignOffCheck:
    """Check every sign-off and every closed finding; reads the sign-offs in chunks of 500."""
    number = in_force = 0
    remarks: list[Deviation] = []
    for signoff in SignOff.objects.select_related("finding", "signed_by").order_by("pk").iterator(chunk_size=500):
        number += 1
        in_force += signoff.voided_at is None
        remarks += _check_signoff(signoff)
    return SignOffCheck(number, in_force, remarks + list(_find_unsigned()))


def _check_signoff(signoff: SignOff) -> Iterator[Deviation]:
    finding = signoff.finding
    if not signoff.is_intact:
        words = f"“{finding}”{signoff}的销号：保存的签署内容与它的摘要不符。"
        yield Deviation(DeviationKind.ALTERED, finding.pk, signoff.pk, words)
    if signoff.voided_at is not None:
        return
    if not finding.is_signed_off:
        words = f"“{finding}”有一次有效的销号（{signoff}），但它的状态不是有效的已销号。"
        yield Deviation(DeviationKind.UNCLOSED, finding.pk, signoff.pk, words)
    elif present_payload(signoff, finding) != signoff.content:
        words = f"“{finding}”现在的内容与{signoff}销号时签署的不同，而销号没有失效。"
        yield Deviation(DeviationKind.DIFFERENT, finding.pk, signoff.pk, words)


def _find_unsigned() -> Iterator[Deviation]:
    """A remark for each closed finding that was never signed in the system, as after an import."""
    signed = SignOff.objects.values("finding")
    for finding in Finding.objects.filter(status=Status.CLOSED).exclude(pk__in=signed).order_by("pk"):
        yield Deviation(DeviationKind.UNSIGNED, finding.pk, None, f"“{finding}”未经系统销号（导入时已是销号状态）。")
