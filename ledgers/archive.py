"""The archive 一问题一档案: a folder for each finding, with a catalogue of all files and their digests.

1-2-短题/01反馈原文  02方案  03过程材料/措施1/001-文件名.pdf …  06销号表  07作废和旧版
卷内目录.xlsx
"""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Any

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from accounts.models import User
from documents.excel.workbook import write_table
from documents.filenames import safe_file_name, safe_name
from documents.zip_stream import PIECE, ZipMember, stream_zip
from findings.choices import EvidenceKind
from findings.evidence.store import MissingFileError, UnreachableError, open_stored
from findings.inspections.display import finding_number, measure_number
from findings.models import Evidence, Finding, Measure, Progress, SignOff
from findings.work.evidence_list import MEASURE_ORDER, withheld_reason
from findings.work.tables import REGISTER_ORDER
from ledgers import archive_texts

logger = logging.getLogger(__name__)
CATALOGUE = "卷内目录.xlsx"
PAST = "07作废和旧版"
COLUMNS = (  # headings of the catalogue, and widths in mm
    ("问题编号", 16),
    ("问题", 50),
    ("目录号", 14),
    ("档案类别", 24),
    ("文件名", 50),
    ("说明", 44),
    ("证明的措施", 22),
    ("字节数", 20),
    ("摘要（SHA-256）", 66),
    ("上传人", 18),
    ("上传时间", 22),
    ("状态", 30),
    ("在档案中的位置", 60),
    ("核对", 24),
)
SAME, CHANGED, MISSING = "与存入时一致", "内容与存入时不一致", "存储中找不到文件，没有放入"
UNREACHED = "存储连接不上，没有放入，请稍后重新导出"


def with_everything(findings: QuerySet[Finding], user: User) -> list[Finding]:
    """The findings with all related records of the archive, prefetched, as far as the user may see them.

    Ordered as in the register. The number of queries does not depend on the number of findings.
    """
    measures = Measure.objects.visible_to(user).select_related("facet", "lead_unit").order_by(*MEASURE_ORDER)
    progress = Progress.objects.select_related("logged_by").order_by("reported_on", "pk")
    proved = Prefetch("measures", Measure.objects.select_related("facet").order_by(*MEASURE_ORDER))
    evidence = Evidence.objects.visible_to(user).select_related("file", "uploaded_by", "withdrawn_by", "replacement")
    below: list[Prefetch[Any]] = [
        Prefetch("measures", measures.prefetch_related(Prefetch("progress", progress))),
        Prefetch("evidence", evidence.prefetch_related(proved).order_by("number")),
        Prefetch("signoffs", SignOff.objects.select_related("signed_by", "voided_by").order_by("pk")),
    ]
    listed = findings.select_related("aspect", "parent__lead_unit", "lead_unit").prefetch_related(*below)
    return list(listed.order_by(*REGISTER_ORDER))


@dataclass
class Archive:
    """The archive of some findings for one user.

    All records must be loaded before: while the zip is being sent only files are read, no query is made. ``rows`` grows
    into the catalogue during ``stream()``.
    """

    findings: list[Finding]
    user: User
    made_at: dt.datetime = field(default_factory=timezone.localtime)

    def __post_init__(self) -> None:
        self.rows: list[list[str]] = []
        self.outage = ""  # once the store did not answer: the note for all later files, which are then not requested
        # A parent finding can be visible only because of its sub-finding; the user must then not get its sign-offs,
        # which hold the whole content.
        self.signed = {finding.pk for finding in self.findings if finding.is_open_to(self.user)}

    @property
    def evidence_count(self) -> int:
        """The number of pieces of evidence, including withdrawn and replaced ones."""
        return sum(len(finding.evidence.all()) for finding in self.findings)

    def stream(self) -> Iterator[bytes]:
        """Yield the bytes of the zip file, piece by piece."""
        return stream_zip(self._members())

    def _members(self) -> Iterator[ZipMember]:
        """Yield the members of the zip; the catalogue comes last, when every file has been read and checked."""
        for finding in self.findings:
            folder = safe_name(f"{finding_number(finding)}-{finding.title}", 44)
            yield from self._texts(finding, folder)
            for evidence in finding.evidence.all():
                yield from self._file(finding, evidence, folder)
        table = write_table("卷内目录", COLUMNS, self.rows)
        yield ZipMember(CATALOGUE, self.made_at, [table])

    def _texts(self, finding: Finding, folder: str) -> Iterator[ZipMember]:
        yield self._text(f"{folder}/{_part(EvidenceKind.FEEDBACK)}/反馈问题.txt", archive_texts.feedback(finding))
        yield self._text(f"{folder}/{_part(EvidenceKind.PLAN)}/整改措施和进展.txt", archive_texts.plan(finding))
        for signoff in finding.signoffs.all() if finding.pk in self.signed else ():
            place = f"{folder}/{_part(EvidenceKind.SIGN_OFF)}/第{signoff.submission}次申请"
            yield self._text(f"{place}-销号记录.txt", archive_texts.sign_off(signoff))
            # The bytes that were signed, so that anybody can compute their digest again (ADR 12).
            yield ZipMember(f"{place}-签署的内容.json", self.made_at, [signoff.content.encode()])

    def _text(self, path: str, text: str) -> ZipMember:
        """A text file with CRLF line ends and a byte order mark, as Windows editors expect it."""
        return ZipMember(path, self.made_at, [text.replace("\n", "\r\n").encode("utf-8-sig")])

    def _file(self, finding: Finding, evidence: Evidence, folder: str) -> Iterator[ZipMember]:
        """Yield one file, unless it is withheld or missing, and append its row, which says so, to the catalogue."""
        path, check = f"{folder}/{place_of(evidence)}", withheld_reason(evidence.file) or self.outage
        if not check:
            try:
                stored = open_stored(evidence.file)
            except MissingFileError:
                # Unlike an outage, a missing file is a loss that an administrator has to look into.
                logger.exception("The file %s of evidence %d is missing", evidence.file_id, evidence.pk)
                check = MISSING
            except UnreachableError:
                check = self.outage = UNREACHED
            else:
                # Hashed while it is sent: no file is read twice or held in memory.
                digest = hashlib.sha256()
                yield ZipMember(path, timezone.localtime(evidence.uploaded_at), _read(stored, digest))
                check = SAME if digest.hexdigest() == evidence.file_id else CHANGED
        is_in = check in {SAME, CHANGED}
        self.rows.append(row_of(finding, evidence, path if is_in else "没有放入", check))


def _read(stored: IO[bytes], digest: hashlib._Hash) -> Iterator[bytes]:
    """Yield the content of an open file, add it to ``digest``, and close the file."""
    with stored:
        while data := stored.read(PIECE):
            digest.update(data)
            yield data


def _part(kind: EvidenceKind) -> str:
    """The folder of a part of the archive, such as 03过程材料."""
    return f"{kind.value}{kind.label}"


def place_of(evidence: Evidence) -> str:
    """The path of a file within the folder of its finding; replaced and withdrawn files go into ``PAST``."""
    name = f"{evidence.number:03d}-{safe_file_name(evidence.name, 70)}"
    if not evidence.is_live:
        return f"{PAST}/{name}"
    part, proved = _part(EvidenceKind(evidence.kind)), _measures(evidence)
    return f"{part}/{safe_name(f'措施{proved}', 30)}/{name}" if proved else f"{part}/{name}"


def _measures(evidence: Evidence) -> str:
    """The numbers of the measures that the evidence proves, separated by 、."""
    return "、".join(measure_number(measure) for measure in evidence.measures.all())


def row_of(finding: Finding, evidence: Evidence, place: str, check: str) -> list[str]:
    """The row of a file in the order of ``COLUMNS``; ``place`` is its path in the archive, ``check`` the comparison."""
    return [
        finding_number(finding),
        finding.title,
        str(evidence.number),
        evidence.get_kind_display(),
        evidence.name,
        evidence.caption,
        _measures(evidence),
        str(evidence.file.size),
        evidence.file_id,
        str(evidence.uploaded_by),
        archive_texts.moment(evidence.uploaded_at),
        _state(evidence),
        place,
        check,
    ]


def _state(evidence: Evidence) -> str:
    """Whether the evidence is in force, replaced or withdrawn, and by whom and why it was withdrawn."""
    if evidence.withdrawn_at is not None:
        withdrawn_at = archive_texts.moment(evidence.withdrawn_at)
        return f"{evidence.withdrawn_by} 于 {withdrawn_at} 作废，理由：{evidence.withdrawn_reason}"
    return "有效" if evidence.is_live else f"旧版，新版的目录号为 {evidence.replacement.number}"
