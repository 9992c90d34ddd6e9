"""The plain-text files of a finding's archive: the feedback, the plan with its progress, the sign-offs."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from findings.inspections.display import finding_number, measure_number
from findings.models import Finding, Measure, SignOff

NONE = "（没有填写）"


def moment(at: dt.datetime) -> str:
    """A time in the local time zone, such as 2026-03-01 09:30."""
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"


def _day(day: dt.date | None) -> str:
    """The date in ISO format; ``NONE`` for None."""
    return day.isoformat() if day else NONE


def feedback(finding: Finding) -> str:
    """The text of the finding as the inspection team reported it."""
    lines = [
        f"方面：{finding.aspect.title}",
        f"问题编号：{finding_number(finding)}",
        f"问题：{finding.title}",
        f"牵头单位：{finding.leading_unit.name if finding.leading_unit else NONE}",
        f"完成时限：{_day(finding.due_on)}",
        "",
        "具体表现：",
        finding.detail or NONE,
    ]
    return "\n".join([*lines, ""])


def plan(finding: Finding) -> str:
    """The text of the finding's measures with status, outcome and progress; relations must be prefetched."""
    measures = [_measure(measure) for measure in finding.measures.all()]
    return "\n\n".join(measures or ["还没有整改措施。"]) + "\n"


def _measure(measure: Measure) -> str:
    lines = [
        f"措施 {measure_number(measure)}",
        f"整改措施：{measure.plan or NONE}",
        f"责任单位：{measure.lead_unit.name if measure.lead_unit else '按问题的牵头单位'}",
        f"完成时限：{_day(measure.due_on)}",
        f"完成日期：{_day(measure.completed_on if measure.is_done else None)}",
        f"办理状态：{measure.get_status_display()}",
        f"整改成效：{measure.finding.inspection.saying(measure.outcome) or NONE}",
    ]
    lines += [f"进展 {entry.reported_on}（{entry.logged_by}）：{entry.text}" for entry in measure.progress.all()]
    return "\n".join(lines)


def sign_off(signoff: SignOff) -> str:
    """The text of one sign-off: opinion, signer, digest and how to check it, and when and why it became void."""
    lines = [
        f"第 {signoff.submission} 次申请销号",
        f"完成程度：{signoff.get_completion_display()}",
        f"销号意见：{signoff.opinion}",
        f"销号人：{signoff.signed_by}",
        f"销号时间：{moment(signoff.signed_at)}",
        f"摘要算法：{signoff.algorithm}",
        f"摘要：{signoff.digest}",
        "签署的内容在同一文件夹的 .json 文件里；对该文件计算摘要，应与上面的摘要相同。",
    ]
    if signoff.voided_at is not None:
        lines.append(f"已于 {moment(signoff.voided_at)} 失效，原因：{signoff.void_reason}")
    return "\n".join([*lines, ""])
