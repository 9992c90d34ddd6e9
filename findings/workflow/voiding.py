"""Sign-offs that no longer say what the record says: they are void from the change on."""

from __future__ import annotations

from collections.abc import Iterable

from accounts.models import Action
from accounts.records.saving import bump_version, write_version
from accounts.request_context import current_context
from findings.choices import NoticeKind
from findings.inspections.models.findings import Finding
from findings.notifications.models.notices import notify, short_name
from findings.notifications.recipients import Recipients, ids
from findings.workflow.models.signoffs import SignOff
from findings.workflow.signed_content import signed_payload


def void_stale_signoffs(findings: Iterable[int]) -> list[Finding]:
    """Void the stale sign-offs of these findings (by their keys) and, since a sign-off signs those of the sub-findings,
    of the findings above those that became void; which became void.

    To be called after each change below the findings, which whoever writes has locked: a sign-off at this moment either
    sees the change or is seen here.
    """
    keys, voided = list(dict.fromkeys(findings)), []
    for key in keys:
        finding = void_stale_signoff(key)
        if finding is not None:
            voided.append(finding)
            if finding.parent_id is not None and finding.parent_id not in keys:
                keys.append(finding.parent_id)
    return voided


def void_stale_signoff(key: int) -> Finding | None:
    """Void the sign-off of a finding if the record says something else than was signed; the finding if it did."""
    finding = Finding.objects.filter(pk=key).order_by("pk").first()
    if finding is None or not finding.is_signed_off:
        return None
    signoff = finding.signoffs.filter(voided_at=None).first()
    if signoff is None or not void_if_changed(signoff, finding):
        return None
    finding.is_void = True
    bump_version(finding, Action.VOID)
    write_version(finding, Action.VOID, reason="销号以后内容有变，需要重新申请销号。")
    return finding


def void_if_changed(signoff: SignOff, finding: Finding) -> bool:
    """End a sign-off that signed something else than its finding says now; whether it did."""
    if signed_payload(finding) == signoff.content:
        return False
    signoff.void("销号以后内容有变。", current_context().user)
    return True


def notify_of_void(finding: Finding) -> None:
    """Tell who signed a sign-off that holds no more, and who reports for the lead unit."""
    recipients, actor = Recipients.of(finding), current_context().user
    concerned = ids(finding.closed_by_id) | recipients.reporters_of(finding.leading_unit_id)
    people = concerned & {user.pk for user in recipients.allowed_to_see()} - ids(actor.pk if actor else None)
    words = f"问题“{short_name(finding)}”销号以后内容有变，销号已经失效，需要重新申请销号。"
    notify(people, NoticeKind.VOID, words, finding)
