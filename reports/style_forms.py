"""The form in which an office changes the style of its report, part by part."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.text import LINE
from accounts.web.forms import PageForm
from findings.inspections.totals import BY_KEY, objections
from reports.styles.description import GROUPINGS, PARTS, STATUS_PLACES, UNFINISHED
from reports.styles.gaps import GAPS, is_total
from reports.styles.style import (
    Chapter,
    Grouping,
    HeadingStyle,
    MeasureList,
    ReportStyle,
    StatusPlace,
    StyleError,
    Unfinished,
)
from reports.styles.templates import read_template

LEVELS = ("aspect", "part", "finding", "sub_finding")
TEXTS = ("preamble", "summary", "label", "status", "group", "accountability", "contact")
NUMBER_HELP = "写出第一个的编号，如：（一）、1.、问题1：、①；不编号的不填。"
GAP_HELP = "可用的空：" + "、".join(f"【{name}】" for name in GAPS) + "；各种统计数如【诫勉.人数】。"


def _text(label: str, rows: int, help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label=label, required=False, widget=forms.Textarea(attrs={"rows": rows}), help_text=help_text
    )


def _line(label: str, help_text: str = "", most: int = 60) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=most, validators=LINE, help_text=help_text)


class StyleForm(PageForm):
    """All parts of a style; when valid, ``style`` is the value."""

    refusal = "没有保存："
    sections = (
        ("引言和各章", ("preamble", "chapters")),
        ("计数句、追责和资金", ("summary", "accountability")),
        ("方面", ("aspect_number", "aspect_words", "grouping", "group")),
        ("方面和问题之间的一层", ("part_number", "part_words")),
        ("问题", ("finding_number", "finding_words", "finding_runs_on", "finding_runs_in", "unfinished")),
        ("分项问题", ("sub_finding_number", "sub_finding_words", "sub_finding_runs_in")),
        ("整改情况", ("label", "is_label_apart", "status", "status_place", "listing_number", "joint", "is_apart")),
        ("联系方式", ("contact",)),
    )
    folded_sections = ("方面和问题之间的一层", "分项问题", "联系方式")

    preamble = _text("引言", 5, GAP_HELP)
    chapters = _text(
        "各章", 6, f"一章一行，写作“内容：标题”；内容有{'、'.join(PARTS.values())}。没有标题的章只写内容。"
    )
    summary = _text("计数句", 6, "{ } 里的一段，数字都是 0 时不写。没有计数句的不填。")
    accountability = _text("追责和资金的一段", 4, "写了“追责和资金”一章的才用得上。")
    aspect_number = _line("方面的编号", NUMBER_HELP, 10)
    aspect_words = _line("方面的标题", "【标题】的位置上写标题；整个不填，就是不分方面。")
    grouping = forms.ChoiceField(label="问题怎样分组", choices=[(one.value, word) for one, word in GROUPINGS.items()])
    group = _line("按状态分组时的标题", "如：【状态】的整改事项")
    part_number = _line("这一层的编号", NUMBER_HELP, 10)
    part_words = _line("这一层的标题", "没有这一层的不填。")
    finding_number = _line("问题的编号", NUMBER_HELP, 10)
    finding_words = forms.CharField(
        label="问题的标题", max_length=60, validators=LINE, help_text="如：关于“【标题】”问题的整改"
    )
    finding_runs_on = forms.BooleanField(label="编号全文连排", required=False)
    finding_runs_in = forms.BooleanField(label="整改情况接在标题后面，不另起一段", required=False)
    unfinished = forms.ChoiceField(
        label="没有完成的问题", choices=[(one.value, word) for one, word in UNFINISHED.items()]
    )
    sub_finding_number = _line("分项问题的编号", NUMBER_HELP, 10)
    sub_finding_words = forms.CharField(label="分项问题的标题", max_length=60, validators=LINE)
    sub_finding_runs_in = forms.BooleanField(label="整改情况接在分项标题后面", required=False)
    label = _line("整改情况前的标签", "如：整改落实情况：", 20)
    is_label_apart = forms.BooleanField(label="标签单独一行", required=False)
    status = _line("整改状态", "如：整改状态：【状态】；不写状态的不填。", 40)
    status_place = forms.ChoiceField(
        label="整改状态写在", choices=[(one.value, word) for one, word in STATUS_PLACES.items()]
    )
    listing_number = _line("几条措施的编号", "如：一是、1.、（1）；不编号的不填。", 10)
    joint = _line("措施之间的标点", "写“；”，几条措施连成一句；不填，每条自成一句。", 1)
    is_apart = forms.BooleanField(label="每条措施另起一段", required=False)
    contact = _text("联系方式的一句", 2, "【联系方式】的位置上写电话、信箱和邮箱。")

    style: ReportStyle

    def __init__(self, *args: Any, base: ReportStyle, **kwargs: Any) -> None:
        """``base`` is the style that is changed."""
        super().__init__(*args, initial=values_of_style(base), **kwargs)
        self.base = base

    def clean(self) -> dict[str, Any]:
        """Build the style; an error names the part that could not be written or not be read again."""
        cleaned = self.cleaned_data
        if self.errors:
            return cleaned
        try:
            self.style = self._style(cleaned)
            self.style.check()
            for name in ("preamble", "summary", "accountability"):
                self._check_totals(name)
        except StyleError as error:
            raise ValidationError(str(error)) from error
        return cleaned

    def _check_totals(self, name: str) -> None:
        """Refuse totals that do not exist."""
        for key in read_template(self.cleaned_data[name]).names():
            if is_total(key) and key not in BY_KEY:
                self.add_error(name, objections(f"【{key}】", is_signed=False))

    def _style(self, values: dict[str, Any]) -> ReportStyle:
        texts: dict[str, Any] = {name: values[name].replace("\r\n", "\n").strip() for name in TEXTS}
        levels: dict[str, Any] = {level: _level(values, level, getattr(self.base, level)) for level in LEVELS}
        return replace(
            self.base,
            **texts,
            **levels,
            chapters=tuple(_chapters(values["chapters"])),
            is_label_apart=values["is_label_apart"],
            status_place=StatusPlace(values["status_place"]),
            grouping=Grouping(values["grouping"]),
            unfinished=Unfinished(values["unfinished"]),
            listing=MeasureList(values["listing_number"], values["joint"], values["is_apart"]),
        )


def values_of_style(style: ReportStyle) -> dict[str, Any]:
    """The values of the form's fields that stand for a style."""
    values: dict[str, Any] = {name: getattr(style, name) for name in TEXTS}
    for level in LEVELS:
        heading: HeadingStyle | None = getattr(style, level)
        if heading is not None:
            values |= {f"{level}_{name}": getattr(heading, name) for name in ("number", "words", "runs_on", "runs_in")}
    return values | {
        "chapters": "\n".join(_chapter_line(chapter) for chapter in style.chapters),
        "is_label_apart": style.is_label_apart,
        "status_place": style.status_place.value,
        "grouping": style.grouping.value,
        "unfinished": style.unfinished.value,
        "listing_number": style.listing.number,
        "joint": style.listing.joint,
        "is_apart": style.listing.is_apart,
    }


def _chapter_line(chapter: Chapter) -> str:
    return f"{PARTS[chapter.part]}：{chapter.heading}" if chapter.is_headed else PARTS[chapter.part]


def _chapters(text: str) -> list[Chapter]:
    """The chapters of the field, one a line; StyleError names the line that is none."""
    parts = {label: part for part, label in PARTS.items()}
    chapters = []
    for number, line in enumerate(text.splitlines(), start=1):
        label, colon, heading = line.strip().replace(":", "：", 1).partition("：")
        if not label:
            continue
        if label not in parts:
            raise StyleError(f"各章第 {number} 行“{label}”不是章的内容；可以写{'、'.join(parts)}。")
        chapters.append(Chapter(parts[label], heading.strip(), is_headed=bool(colon)))
    return chapters


def _level(values: dict[str, Any], level: str, before: HeadingStyle | None) -> HeadingStyle | None:
    """The headings of a level; None for one without any words."""
    words = values[f"{level}_words"]
    if not words:
        return None
    before = before or HeadingStyle()
    return HeadingStyle(
        values[f"{level}_number"],
        words,
        runs_on=values.get(f"{level}_runs_on", before.runs_on),
        runs_in=values.get(f"{level}_runs_in", before.runs_in),
    )
