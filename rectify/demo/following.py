"""What comes after and beside the steps: comments, requests for time, supervision, spot checks, reviews, reminders."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from findings.choices import ReviewResult, SupervisionKind
from findings.factories import make_supervision
from findings.followup.recording import draw, record_review
from findings.inspections.models.status_rules import signed_off
from findings.models import Comment, Extension, Finding, FollowUpReview, Inspection, Measure, Notice, SpotCheck
from findings.work.reminders import remind
from findings.workflow import ask
from findings.workflow.comments import post_comment
from rectify.demo.cast import Cast


def follow(cast: Cast) -> None:
    """Let the people of the demo go on where its data ends."""
    comment(cast)
    ask_for_time(cast)
    supervise(cast)
    look_back(cast)
    remind(timezone.localdate())
    settled = Finding.objects.filter(signed_off())
    Notice.objects.filter(finding__in=settled).update(read=timezone.now())  # long known to everybody


def comment(cast: Cast) -> None:
    """The office asks, with a mention, and is answered."""
    finding = Finding.objects.get(title="文化市场日常监管偏软")
    office, reporter = cast.people["彭予安"], cast.people["纪云帆"]
    ask = "@纪云帆 积案还有1件在等鉴定结论，鉴定机构答复12月上旬，请局领导出面催一下。"
    post_comment(Comment(finding=finding, text=ask, written_by=office), [reporter])
    answer = "@彭予安 已与鉴定中心联系，12月5日前出结论。"
    post_comment(Comment(finding=finding, text=answer, written_by=reporter), [office])


def ask_for_time(cast: Cast) -> None:
    """A unit asks for three more weeks."""
    measure = Measure.objects.get(plan="制定新建小区配套健身设施验收细则，与住建部门联合验收。")
    reason = "区住房和城乡建设局的联合验收办法12月中旬才能印发，细则需与其衔接。"
    asked = {"old_due_on": measure.due_on, "new_due_on": dt.date(2027, 1, 5), "reason": reason}
    ask(Extension(measure=measure, requested_by=cast.people["马骁"], **asked))


def supervise(cast: Cast) -> None:
    """A visit without notice, and a bulletin."""
    finding = Finding.objects.get(title="体育设施建设管理滞后")
    make_supervision(
        finding.inspection,
        kind=SupervisionKind.UNANNOUNCED,
        held_on=dt.date(2026, 11, 12),
        held_by="派驻第四纪检监察组",
        found="实地查看6处在建健身场地，2处停工未设围挡。",
        demand="立即设置围挡，两周内回复复工时间。",
        answer_due_on=dt.date(2026, 11, 26),
        findings=[finding],
        units=[cast.units["体育科"]],
    )
    make_supervision(
        finding.inspection,
        kind=SupervisionKind.BULLETIN,
        held_on=dt.date(2026, 11, 16),
        number="青巡整改办〔2026〕9号",
        held_by="区委巡察办",
        found="通报10月以来整改进度，市场管理科、区体育中心有逾期事项。",
        units=[cast.units["市场管理科"], cast.units["区体育中心"]],
    )


def look_back(cast: Cast) -> None:
    """A spot check is drawn, and one long-term finding reviewed in time."""
    supervisor = cast.people["秦峥"]
    reported = Inspection.objects.get(body="区政府办党组", findings__title="督查工作重部署轻问效")
    draw(SpotCheck(inspection=reported, share=30, seed="20261120"), supervisor)
    finding = Finding.objects.get(inspection=reported, title="理论武装学用脱节")
    note = "抽查三季度学习记录和调研报告，前置调研坚持得好。"
    held = {"reviewed_on": dt.date(2026, 11, 10), "result": ReviewResult.HELD, "note": note}
    record_review(FollowUpReview(finding=finding, **held), supervisor)
