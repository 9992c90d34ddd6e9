"""What comes after and beside the steps: comments, requests for time, supervision, spot checks, reviews, reminders."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from findings.factories import make_supervision
from findings.followup.recording import draw, record_review
from findings.inspections.models.status_rules import signed_off
from findings.models import Comment, Extension, Finding, FollowUpReview, Measure, Notice, SpotCheck
from findings.work.reminders import remind
from findings.workflow import perform
from findings.workflow.comments import post_comment
from findings.workflow.extensions import REQUEST
from rectify.demo.people import Directory

Rows = list[dict[str, Any]]


def add_follow_up(records: dict[str, Rows], directory: Directory) -> None:
    """Let the people of the demo go on where the data of the inspections ends."""
    add_comments(records["comments"], directory)
    request_extensions(records["extensions"], directory)
    add_supervisions(records["supervisions"], directory)
    draw_spot_checks(records["spot_checks"], directory)
    add_reviews(records["reviews"], directory)
    remind(timezone.localdate())
    settled = Finding.objects.filter(signed_off())
    Notice.objects.filter(finding__in=settled).update(read=timezone.now())  # long known to everybody


def add_comments(rows: Rows, directory: Directory) -> None:
    """Write comments, each with a mention of one person."""
    for row in rows:
        finding = Finding.objects.get(title=row["finding"])
        comment = Comment(finding=finding, text=row["text"], written_by=directory.people[row["written_by"]])
        post_comment(comment, [directory.people[row["mention"]]])


def request_extensions(rows: Rows, directory: Directory) -> None:
    """Ask for more time for measures, which are named by their plan."""
    for row in rows:
        measure = Measure.objects.get(plan=row["measure"])
        fields = {"old_due_on": measure.due_on, "new_due_on": row["new_due_on"], "reason": row["reason"]}
        user = directory.people[row["requested_by"]]
        perform(REQUEST, Extension(measure=measure, requested_by=user, **fields), user, None)


def add_supervisions(rows: Rows, directory: Directory) -> None:
    """Record visits and bulletins for inspections, which are named by one of their findings."""
    for row in rows:
        fields = dict(row)
        inspection = Finding.objects.get(title=fields.pop("inspection_of")).inspection
        findings = Finding.objects.of(inspection).filter(title__in=fields.pop("findings", ()))
        units = [directory.units[name] for name in fields.pop("units")]
        make_supervision(inspection, findings=findings, units=units, **fields)


def draw_spot_checks(rows: Rows, directory: Directory) -> None:
    """Draw samples of inspections, which are named by one of their findings."""
    for row in rows:
        inspection = Finding.objects.get(title=row["inspection_of"]).inspection
        draw(SpotCheck(inspection=inspection, share=row["share"], seed=row["seed"]), directory.people[row["drawn_by"]])


def add_reviews(rows: Rows, directory: Directory) -> None:
    """Record reviews of long-term findings."""
    for row in rows:
        fields = dict(row)
        finding = Finding.objects.get(title=fields.pop("finding"))
        reviewer = directory.people[fields.pop("reviewed_by")]
        record_review(FollowUpReview(finding=finding, **fields), reviewer)
