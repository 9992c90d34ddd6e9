"""Voiding sign-offs whose signed content differs from the present record (ADR 12)."""

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
from findings.workflow.signed_content import present_payload


def void_stale_signoffs(findings: Iterable[int]) -> list[Finding]:
    """Void the stale sign-offs of these findings (keys) and of the parents of those voided; the voided findings.

    A sign-off signs those of the sub-findings, so that the parent's becomes stale with them. To be called after each
    change below the findings, which the caller has locked: a concurrent sign-off either sees the change or is seen
    here.
    """
    keys, voided = list(dict.fromkeys(findings)), []
    for key in keys:
        finding = void_stale_signoff(key)
        if finding is not None:
            voided.append(finding)
            if finding.parent_id is not None and finding.parent_id not in keys:
                # The list grows while it is walked, so that the parent is checked after its sub-finding.
                keys.append(finding.parent_id)
    return voided


def void_stale_signoff(key: int) -> Finding | None:
    """Void the sign-off of one finding (key) if it is stale; the finding, or None when nothing was voided."""
    finding = Finding.objects.filter(pk=key).order_by("pk").first()
    if finding is None or not finding.is_signed_off:
        return None
    signoff = finding.signoffs.filter(voided_at=None).first()
    if signoff is None or not void_if_changed(signoff, finding):
        return None
    finding.is_void = True
    bump_version(finding, Action.VOID)
    # Without consequences: no other sign-off covers the mark, except the parent's, checked above.
    write_version(finding, Action.VOID, reason="销号以后内容有变，需要重新申请销号。")
    return finding


def void_if_changed(signoff: SignOff, finding: Finding) -> bool:
    """End the sign-off if the finding differs from what it signed; whether it did."""
    if present_payload(signoff, finding) == signoff.content:
        return False
    signoff.void("销号以后内容有变。", current_context().user)
    return True


def notify_of_void(finding: Finding) -> None:
    """Notify the signer and the reporters of the lead unit of a void sign-off, without the user who caused it."""
    recipients, actor = Recipients.of(finding), current_context().user
    concerned = ids(finding.closed_by_id) | recipients.reporters_of(finding.leading_unit_id)
    # The user who made the change has seen the warning on the page.
    people = concerned & {user.pk for user in recipients.allowed_to_see()} - ids(actor.pk if actor else None)
    words = f"问题“{short_name(finding)}”销号以后内容有变，销号已经失效，需要重新申请销号。"
    notify(people, NoticeKind.VOID, words, finding)
