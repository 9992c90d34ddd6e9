"""Storing uploaded files as evidence: each by itself, so that a refused one does not lose the others."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest

from accounts.audit import events
from accounts.models import Action, Result
from accounts.records.saving import ConflictError, record_conflict
from accounts.text import one_line
from findings.evidence.store import RejectedError, receive
from findings.work.evidence_forms import ChosenFile, UploadForm
from findings.workflow.evidence import add_evidence, already_at, attach


@dataclass(frozen=True)
class UploadResult:
    """The result of one uploaded file."""

    name: str
    is_stored: bool
    words: str


def store_files(form: UploadForm) -> list[UploadResult]:
    """Store each file of a valid form; the result of each."""
    return [_store_file(chosen, form) for chosen in form.chosen_files]


def refused_outcomes(form: UploadForm) -> list[UploadResult]:
    """The result of a form that is not valid, with which no file was stored."""
    words = "".join(str(error) for errors in form.errors.values() for error in errors)
    return [UploadResult("", False, words)]


def tell_outcomes(request: HttpRequest, outcomes: list[UploadResult]) -> None:
    """Show the result of each file as a message."""
    for outcome in outcomes:
        tell = messages.success if outcome.is_stored else messages.error
        tell(request, f"{outcome.name}：{outcome.words}" if outcome.name else outcome.words)


def _store_file(chosen: ChosenFile, form: UploadForm) -> UploadResult:
    """Check and store one file and add it to the archive; errors of the file are part of the result."""
    name, dossier = one_line(chosen.upload.name or "未命名", 60), form.dossier
    try:
        return UploadResult(name, True, _link_file(chosen, form))
    except RejectedError as rejected:
        # A refused file has no record of its own; the trail names the finding.
        events.record(Action.UPLOAD, dossier.finding, result=Result.REFUSED, reason=f"{name}：{rejected}")
        return UploadResult(name, False, str(rejected))
    except ConflictError as conflict:
        record_conflict(conflict)
        return UploadResult(name, False, f"没有关联到措施：{conflict}请刷新页面后再试。")


def _link_file(chosen: ChosenFile, form: UploadForm) -> str:
    dossier, upload = form.dossier, chosen.upload
    finding, measures = dossier.finding, form.selected_measures
    # Before the transaction: copying and scanning take long, and the lock would be held meanwhile.
    received = receive(upload, upload.name or "", dossier.user, finding.inspection.unit)
    with transaction.atomic():
        finding.lock_parents()  # two uploads of one file at once must not both find it missing
        present = already_at(finding, received.file.digest)
        if not present:
            kind, caption = chosen.kind, chosen.caption
            added = add_evidence(finding, measures, received, dossier.user, kind=kind, caption=caption)
            return f"已上传，目录号 {added.number}。"
        number = present[0].number
        if not measures:
            return f"这份文件已在本问题的档案里（目录号 {number}），没有重复存放。"
        attach(present[0], measures, present[0].version)
    if dossier.measure:
        return f"这份文件已在本问题的档案里（目录号 {number}），已关联到本措施。"
    return f"这份文件已在本问题的档案里（目录号 {number}），已关联到所选的措施。"
