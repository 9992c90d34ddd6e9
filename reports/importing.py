"""Import of a report text as records, all of them or none."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.audit.events import record as write_down
from accounts.models import Action, User
from documents.file_text import FileTextUnavailable, is_pdf, is_word_file, read_pdf_text, read_word_text
from documents.page_text import is_page, page_text
from findings.choices import InspectionKind, Term, Timing
from findings.inspections.proposed_dates import fill_in_deadlines, taken_words
from findings.models import Aspect, Facet, Finding, Inspection, Measure, Unit
from reports.facts import AspectFacts, FacetFacts, FindingFacts, ReportFacts
from reports.lines import ParseError, lines_of
from reports.models import Genre, ImportSource, ReportDetails
from reports.new_records import NewRecords
from reports.parsing import Parsed
from reports.reading.levels import begins_paragraph

MAX_BYTES = 1024 * 1024  # the longest published reports have about 100 KB
MAX_FILE_BYTES = 20 * MAX_BYTES  # with pictures
SIMULTANEOUS = "刚才有人同时保存了同名的巡察或同一份文本，这一次没有导入。请到巡察列表核对后再试。"


class ImportRefusedError(ValueError):
    """A text that can be read but not stored; the Chinese message says why and what to do."""

    def message_for(self, user: User) -> str:
        """The message for a user; subclasses leave out what the user may not see."""
        return str(self)


class AlreadyImportedError(ImportRefusedError):
    """The same text is stored already as ``earlier``, an inspection that the user may not be allowed to see."""

    def __init__(self, earlier: Inspection) -> None:
        super().__init__(f"这份文本已经导入过，见“{earlier.name}”（编号 {earlier.pk}）。")
        self.earlier = earlier

    def message_for(self, user: User) -> str:
        """The message, which names the earlier inspection only to users who may see it."""
        is_visible = Inspection.objects.visible_to(user).filter(pk=self.earlier.pk).exists()
        return str(self) if is_visible else "这份文本已由其他单位导入过，如有疑问请与系统管理员联系。"


@dataclass(frozen=True, slots=True)
class Imported:
    """The result of an import: the inspection, the numbers of its records, and notes to be checked by the user.

    ``deadlines`` is the sentence about those that were filled in, "" when there are none.
    """

    inspection: Inspection
    aspects: int
    findings: int
    facets: int
    measures: int
    notes: tuple[str, ...]
    deadlines: str = ""

    @property
    def words(self) -> str:
        """The numbers of records as Chinese text."""
        return f"{self.aspects} 个方面、{self.findings} 个问题、{self.facets} 个分面、{self.measures} 条措施"


def text_of_file(content: bytes) -> str:
    """The text of a Word file, a PDF, a page of the web, or a text file; ParseError for other contents."""
    if not is_word_file(content) and not is_pdf(content):
        text = decode(content)
        return page_text(text) if is_page(text) else text
    limit(len(content), MAX_FILE_BYTES)
    try:
        return read_pdf_text(content, begins_paragraph) if is_pdf(content) else read_word_text(content)
    except FileTextUnavailable as error:
        raise ParseError(0, str(error)) from error


def decode(content: bytes) -> str:
    """The text of a file in UTF-8, UTF-16 with byte order mark, or GB 18030; ParseError for other contents."""
    limit(len(content))
    # UTF-8 before GB 18030, which decodes almost any bytes without an error.
    encodings = ["utf-16"] if content[:2] in {b"\xff\xfe", b"\xfe\xff"} else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:  # a binary file that happens to decode
            return text
    raise ParseError(
        0, "这不是纯文本文件。请选择 .docx、.pdf、.txt 或者保存的网页（.html），或者把文字复制、粘贴进来。"
    )


def limit(size: int, most: int = MAX_BYTES) -> None:
    """Raise ParseError for a file of more than ``most`` bytes."""
    if size > most:
        raise ParseError(0, f"文本有 {size} 字节，最多 {most} 字节（{most // MAX_BYTES} MB）。请确认选对了文件。")


def digest_of(text: str) -> str:
    """The SHA-256 (hexadecimal) of the paragraphs, the same whatever the line ends, indents and empty lines."""
    return hashlib.sha256("\n".join(line.text for line in lines_of(text)).encode()).hexdigest()


def suggested_name(facts: ReportFacts) -> str:
    """The default name of an imported inspection, such as 2026年区委第三巡察组·区政府办党组."""
    year = f"{facts.feedback_on.year}年" if facts.feedback_on else ""
    return f"{year}{facts.team}·{facts.body}"


def store(  # noqa: PLR0913 -- what the page of the import asks, each named where it is given
    parsed: Parsed,
    text: str,
    name: str = "",
    unit: Unit | None = None,
    source: ImportSource | None = None,
    *,
    takes_proposals: bool = False,
) -> Imported:
    """Store a parsed text as a new inspection (of ``unit``, if known), in one transaction, recorded in the trail.

    ``source`` is the kept file that the text was read from, of which no other inspection is made afterwards.
    ``takes_proposals`` fills in the deadlines that follow from the day of the feedback.

    Measures get their outcomes and the status 未开始: a text does not say when each was done, and nobody has reported,
    proved or verified it in the system. The user who fills in the date starts the work and then reports it.

    Raises ImportRefusedError when there is no finding, the same text is stored already, the name is taken (also by a
    simultaneous import), or a value does not fit its record.
    """
    if not parsed.facts.aspects:
        raise ImportRefusedError("还没有一个问题，没有保存。请先在原文里选出问题的标题。")
    digest = digest_of(text)
    # Looked up first for the better message; the unique digest in the database decides a race.
    if earlier := Inspection.objects.filter(import_digest=digest).first():
        raise AlreadyImportedError(earlier)
    try:
        with transaction.atomic():
            made = _store(parsed, digest, name or suggested_name(parsed.facts), unit, takes_proposals)
            write_down(
                Action.IMPORT, made.inspection, reason=made.words + assign_source(source, made.inspection, digest)
            )
            return made
    except ValidationError as error:
        raise ImportRefusedError("；".join(error.messages)) from error
    except IntegrityError as error:
        raise ImportRefusedError(SIMULTANEOUS) from error


def assign_source(source: ImportSource | None, inspection: Inspection, digest: str) -> str:
    """Make the source one of the inspection, and name it for the trail; ImportRefusedError when it is another's.

    ``digest`` is that of the text that is stored.
    """
    if source is None:
        return ""
    if not ImportSource.objects.filter(pk=source.pk).assign(inspection, digest):
        raise ImportRefusedError(SIMULTANEOUS)
    return f"；原文“{source.name}”（SHA-256 {source.file_id[:16]}…）"


def _store(parsed: Parsed, digest: str, name: str, unit: Unit | None, takes_proposals: bool) -> Imported:
    facts = parsed.facts
    inspection = Inspection(
        name=name,
        unit=unit,
        import_digest=digest,
        term=Term.XUNSHI if facts.term == Term.XUNSHI.label else Term.XUNCHA,
        commissioner=facts.commissioner,
        team=facts.team,
        body=facts.body,
        started_on=facts.started_on,
        ended_on=facts.ended_on,
        kind=_kind(facts),
        feedback_on=facts.feedback_on,
        # As the text counts: what it includes in the completed ones.
        substantially_counts=facts.counts.including_substantially != 0,
        staged_counts=facts.counts.including_staged != 0,
    )
    taken = fill_in_deadlines(inspection) if takes_proposals else {}
    records = NewRecords()
    records.add(inspection, "巡察")
    records.add(_details(inspection, parsed), "报告要素")
    for order, aspect in enumerate(facts.aspects, start=1):
        _add_aspect(records, inspection, order, aspect)
    records.store()
    return Imported(
        inspection,
        inspection.aspects.count(),
        Finding.objects.of(inspection).count(),
        Facet.objects.filter(finding__inspection=inspection).count(),
        Measure.objects.of(inspection).count(),
        parsed.notes,
        taken_words(taken),
    )


def _details(inspection: Inspection, parsed: Parsed) -> ReportDetails:
    facts = parsed.facts
    details = ReportDetails(
        inspection=inspection,
        title=facts.title,
        genre=Genre.CIRCULAR if facts.genre == Genre.CIRCULAR.label else Genre.REPORT,
        salutation=facts.salutation,
        pledge=facts.pledge,
        overview_heading=facts.overview_heading,
        findings_heading=facts.findings_heading,
        next_steps_heading=facts.next_steps_heading,
        next_steps=facts.next_steps,
        contact_phone=facts.contact.phone,
        contact_address=facts.contact.address,
        contact_email=facts.contact.email,
        signature=facts.signature,
        dated_on=facts.dated_on,
    )
    if parsed.style is not None:
        details.use_style(parsed.style)
    return details


def _add_aspect(records: NewRecords, inspection: Inspection, order: int, facts: AspectFacts) -> None:
    aspect = Aspect(inspection=inspection, order=order, title=facts.title, short_title=facts.short_title)
    records.add(aspect, f"方面“{facts.title}”")
    for number, finding in enumerate(facts.findings, start=1):
        _add_finding(records, aspect, None, number, finding)


def _add_finding(records: NewRecords, aspect: Aspect, parent: Finding | None, order: int, facts: FindingFacts) -> None:
    introduction = facts.facets[0].introduction if facts.facets and not facts.facets[0].title else ""
    finding = Finding(
        inspection=aspect.inspection,
        aspect=aspect,
        parent=parent,
        order=order,
        title=facts.title,
        detail=facts.detail,
        part=facts.part,
        introduction=introduction,
        timing=Timing.IMMEDIATE if facts.is_immediate else Timing.SCHEDULED,
    )
    records.add(finding, f"问题“{facts.title}”")
    # A facet without title is not stored: its introduction is the finding's, and titled facets count from 1.
    first = 0 if facts.facets and not facts.facets[0].title else 1
    for number, facet in enumerate(facts.facets, start=first):
        _add_facet(records, finding, number, facet)
    for number, sub_finding in enumerate(facts.sub_findings, start=1):
        _add_finding(records, aspect, finding, number, sub_finding)


def _add_facet(records: NewRecords, finding: Finding, order: int, facts: FacetFacts) -> None:
    facet = None
    if facts.title:
        facet = Facet(finding=finding, order=order, title=facts.title, introduction=facts.introduction)
        records.add(facet, f"问题“{finding.title}”的分面“{facts.title}”")
    for number, measure in enumerate(facts.measures, start=1):
        record = Measure(
            inspection=finding.inspection, finding=finding, facet=facet, order=number, outcome=measure.outcome
        )
        records.add(record, f"问题“{finding.title}”的第 {number} 条措施")


def _kind(facts: ReportFacts) -> str:
    """The kind of the inspection by its name in the text; "" for another one."""
    return next((kind for kind in InspectionKind if facts.kind == kind.name_for(facts.term)), "")
