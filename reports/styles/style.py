"""The style of a report: levels, label, status, lists, chapters, preamble and numbers. Pure and serialisable.

``write`` composes a report in a style, ``parse`` reads one back, ``reading.style`` recognises one in a text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields, replace
from enum import StrEnum
from typing import Any

from reports.styles.gaps import GAPS, check_gaps
from reports.styles.numbers import has_number
from reports.styles.templates import TemplateError

VERSION = 1  # of the stored form
TITLE, STATUS, WAYS = "标题", "状态", "联系方式"
CONTACT = f"欢迎广大干部群众对【巡察类别】整改落实情况进行监督。如有意见建议，请及时向我们反映。【{WAYS}】。"


class StyleError(ValueError):
    """A style that cannot be used; the Chinese message names the part and says what to do."""


class ChapterPart(StrEnum):
    """What a chapter holds."""

    OVERVIEW = "overview"  # what the office says of its work, and the numbers
    LISTED = "listed"  # the findings alone, which a later chapter answers
    FINDINGS = "findings"
    REGULATIONS = "regulations"
    ACCOUNTABILITY = "accountability"  # people held to account, and money
    NEXT_STEPS = "next_steps"


class StatusPlace(StrEnum):
    """Where the status of a finding is said."""

    BEFORE = "before"  # in a line before the text
    AFTER = "after"  # in a line after it
    OPENING = "opening"  # at the beginning of the text
    ENDING = "ending"  # at its end


class Unfinished(StrEnum):
    """What becomes of findings that are not finished."""

    WRITTEN = "written"
    PROGRESS = "progress"  # written, with the latest progress of measures that have no outcome yet
    LISTED = "listed"  # only the heading
    LEFT_OUT = "left_out"


class Grouping(StrEnum):
    """What findings are grouped by."""

    ASPECT = "aspect"
    STATUS = "status"


@dataclass(frozen=True, slots=True)
class HeadingStyle:
    """A level of headings: its first number ("" for none) and its words around 【标题】.

    ``runs_on``: the numbers run on through the whole report. ``runs_in``: the text follows in the same paragraph.
    """

    number: str = ""
    words: str = f"【{TITLE}】"
    runs_on: bool = False
    runs_in: bool = False


@dataclass(frozen=True, slots=True)
class MeasureList:
    """How several measures are listed: the first number ("" for none), what joins them, and whether each is apart."""

    number: str = "一是"
    joint: str = ""  # ； joins clauses into one sentence
    is_apart: bool = False  # each in a paragraph of its own


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter: what it holds, and its heading where the report has none of its own; only the first may lack one."""

    part: ChapterPart
    heading: str = ""
    is_headed: bool = True


@dataclass(frozen=True, slots=True)
class ReportStyle:
    """The style of a report. A level that is None has no headings; an empty text is not written."""

    name: str
    preamble: str
    summary: str
    chapters: tuple[Chapter, ...]
    finding: HeadingStyle
    aspect: HeadingStyle | None = HeadingStyle("（一）", f"【{TITLE}】。")
    part: HeadingStyle | None = None
    sub_finding: HeadingStyle = HeadingStyle("（1）", f"关于【{TITLE}】问题。")
    chapter_number: str = "一、"
    detail_runs_in: bool = False  # of findings that are listed in a chapter of their own
    label: str = "整改情况："
    is_label_apart: bool = False
    status: str = ""
    status_place: StatusPlace = StatusPlace.BEFORE
    listing: MeasureList = MeasureList()
    accountability: str = ""
    contact: str = CONTACT
    grouping: Grouping = Grouping.ASPECT
    group: str = f"【{STATUS}】的问题"
    unfinished: Unfinished = Unfinished.WRITTEN
    version: int = VERSION

    def chapter_of(self, part: ChapterPart) -> Chapter | None:
        """The chapter that holds a part, if any."""
        return next((chapter for chapter in self.chapters if chapter.part == part), None)

    def as_dict(self) -> dict[str, Any]:
        """The style as plain data for JSON; ``style_of`` is the inverse."""
        return asdict(self)

    def check(self) -> None:
        """Raise StyleError for the first thing that could not be written, or not be read again."""
        error = next(_errors(self), "")
        if error:
            raise StyleError(error)


def style_of(data: Mapping[str, Any]) -> ReportStyle:
    """The style of stored data; StyleError for data of a newer version, or that is none."""
    if data.get("version", 0) > VERSION:
        raise StyleError("这种体例是用更新版本的系统保存的，现在的版本读不了。请升级系统，或者另选一种体例。")
    known = {field.name for field in fields(ReportStyle)}
    try:
        values = {name: value for name, value in data.items() if name in known}
        for level in ("aspect", "part", "finding", "sub_finding"):
            if isinstance(values.get(level), Mapping):
                values[level] = HeadingStyle(**values[level])
        values["chapters"] = tuple(
            Chapter(**(chapter | {"part": ChapterPart(chapter["part"])})) for chapter in values["chapters"]
        )
        if "listing" in values:
            values["listing"] = MeasureList(**values["listing"])
        kinds = (("status_place", StatusPlace), ("grouping", Grouping), ("unfinished", Unfinished))
        for name, kind in kinds:
            if name in values:
                values[name] = kind(values[name])
        return replace(ReportStyle(**values), version=VERSION)
    except (TypeError, KeyError, ValueError, AttributeError) as error:
        raise StyleError("保存的体例不完整，用不了。请另选一种体例。") from error


def _errors(style: ReportStyle) -> Iterator[str]:
    yield from _chapter_errors(style)
    yield from _template_errors(style)
    yield from _level_errors(style)
    yield from _status_errors(style)
    yield from _list_errors(style)


def _chapter_errors(style: ReportStyle) -> Iterator[str]:
    parts = [chapter.part for chapter in style.chapters]
    if ChapterPart.FINDINGS not in parts:
        yield "体例里没有写问题和整改情况的一章。"
    if len(set(parts)) < len(parts):
        yield "体例里有两章写同样的内容，请删去一章。"
    if any(chapter.is_headed and not chapter.heading.strip() for chapter in style.chapters):
        yield "有一章没有写标题，请写在冒号后面；确实不要标题的，连冒号一起去掉。"
    if any(not chapter.is_headed for chapter in style.chapters[2:]):
        yield "只有最前面的两章可以没有标题，请给后面的章写上标题。"


def _template_errors(style: ReportStyle) -> Iterator[str]:
    for label, text, names in _templates(style):
        try:
            unknown = check_gaps(text, names)
        except TemplateError as error:
            unknown = str(error)
        if unknown:
            yield f"{label}：{unknown}"


def _level_errors(style: ReportStyle) -> Iterator[str]:
    if style.grouping == Grouping.STATUS and (style.aspect is None or style.part is not None):
        yield "按整改状态分组时，要写方面的编号和标题（状态写在那里），方面和问题之间不能再有一层。"
    for label, heading in _levels(style):
        if f"【{TITLE}】" not in heading.words:
            yield f"{label}的写法里要有【{TITLE}】，它的位置上写标题。"
        elif not heading.number and not heading.words.replace(f"【{TITLE}】", "").strip("。："):
            yield f"{label}没有编号，标题前后也没有固定的字，和正文分不开。请给它编号，或写成“关于【{TITLE}】问题。”。"
        elif heading.number and not has_number(heading.number):
            yield f"{label}的编号“{heading.number}”里没有“一”“1”或“①”，请写出第一个的编号。"


def _status_errors(style: ReportStyle) -> Iterator[str]:
    if style.status and f"【{STATUS}】" not in style.status:
        yield f"整改状态的写法里要有【{STATUS}】，如“整改状态：【{STATUS}】”。"
    elif style.status and style.status_place == StatusPlace.OPENING and style.status[-1] not in "。；，：.;,":
        yield f"整改状态写在正文开头时，要用标点和正文分开，如“【{STATUS}】。”。"
    elif style.status and style.status_place == StatusPlace.ENDING and style.status.startswith(f"【{STATUS}】"):
        yield f"整改状态写在段末时，要和正文分开，如“（【{STATUS}】）”。"


def _list_errors(style: ReportStyle) -> Iterator[str]:
    """A list that begins a line is taken for headings of the same number."""
    number = style.listing.number
    if number and not has_number(number):
        yield f"措施的编号“{number}”里没有“一”“1”或“①”，请写出第一条的编号。"
    begins_line = style.listing.is_apart or style.is_label_apart or not style.label
    same = [label for label, heading in _levels(style) if heading.number == number]
    if number and begins_line and same:
        yield f"措施的编号“{number}”和{same[0]}的编号一样，读的人分不开，请换一种。"


def _templates(style: ReportStyle) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    yield "引言", style.preamble, ()
    yield "计数句", style.summary, ()
    yield "追责和资金", style.accountability, ()
    yield "联系方式", style.contact, (WAYS, *GAPS)
    yield "整改状态", style.status, (STATUS,)
    yield "分组标题", style.group, (STATUS,)
    for chapter in style.chapters:
        yield f"章标题“{chapter.heading}”", chapter.heading, ()
    for label, heading in _levels(style):
        yield f"{label}标题", heading.words, (TITLE,)


def _levels(style: ReportStyle) -> Iterator[tuple[str, HeadingStyle]]:
    levels = (("方面", style.aspect), ("分组", style.part), ("问题", style.finding), ("分项问题", style.sub_finding))
    return ((label, heading) for label, heading in levels if heading is not None)
