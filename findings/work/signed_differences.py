"""The differences between what a sign-off signed and what its finding says now, in Chinese words."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db import models

from findings.inspections.models.inspections import label_of
from findings.workflow.signed_content import KINDS

SHORT_DIGEST = 12
Content = dict[str, Any]
Rows = dict[int, Content]


@dataclass(frozen=True)
class Difference:
    """One difference between the signed and the present content."""

    where: str
    what: str
    before: str
    after: str


def differences(signed: str, present: str) -> list[Difference]:
    """The differences of two canonical contents of one finding in the same format, field by field and file by file."""
    before, after = json.loads(signed), json.loads(present)
    found = list(_fields("问题", "findings.finding", before["finding"], after["finding"]))
    facets = {row["pk"]: row["title"] for content in (before, after) for row in content.get("facets", ())}
    measures = tuple(_by_number(_with_facet_titles(content["measures"], facets)) for content in (before, after))
    # Numbered as listed here, since the signed content has keys instead of order numbers.
    found += _kind("措施 {}", "findings.measure", *measures)
    files = _by_number(before["evidence"]), _by_number(after["evidence"])
    for number in sorted(files[0].keys() | files[1].keys()):
        found += _rows(f"佐证材料 {number} 号", "findings.evidence", number, *files)
    for key, label in {key: label for key, label, _ in KINDS}.items():
        # Contents of format 1 have none of these.
        rows = ({row["pk"]: row for row in content.get(key, ())} for content in (before, after))
        found += _kind(f"{apps.get_model(label)._meta.verbose_name} {{}}", label, *rows)
    return [*found, *_sub_finding_differences(_by_number(before["sub_findings"]), _by_number(after["sub_findings"]))]


def _with_facet_titles(measures: list[Content], titles: Mapping[int, str]) -> list[Content]:
    """The rows of measures with the titles of their facets in place of the keys.

    The latest title for both contents: a changed title is a difference of the facet.
    """
    # In format 1 the facet is a list of its texts.
    return [row | {"facet": titles[row["facet"]]} if isinstance(row["facet"], int) else row for row in measures]


def _kind(where: str, label: str, before: Rows, after: Rows) -> Iterator[Difference]:
    for place, key in enumerate(sorted(before.keys() | after.keys()), start=1):
        yield from _rows(where.format(place), label, key, before, after)


def _sub_finding_differences(before: Rows, after: Rows) -> Iterator[Difference]:
    """Compare the sub-findings by their sign-offs, which the parent's sign-off covers."""
    for place, number in enumerate(sorted(before.keys() | after.keys()), start=1):
        old, new = (_signature_state(rows.get(number)) for rows in (before, after))
        if old != new:
            yield Difference(f"分项问题 {place}", "销号", old, new)


def _signature_state(row: Content | None) -> str:
    if row is None:
        return "没有这个分项问题"
    return f"已销号（摘要 {row['signed'][:SHORT_DIGEST]}…）" if row["signed"] else "没有销号"


def _by_number(rows: list[Content]) -> Rows:
    return {row["number"]: row for row in rows}


def _rows(where: str, label: str, number: int, before: Rows, after: Rows) -> Iterator[Difference]:
    if number not in before:
        yield Difference(where, "新增", "", _summary(label, after[number]))
    elif number not in after:
        yield Difference(where, "不再计入", _summary(label, before[number]), "")
    else:
        yield from _fields(where, label, before[number], after[number])


def _summary(label: str, row: Content) -> str:
    """A record that was added or left out, in one line: its telling fields in words."""
    shown = {name: _display(label, name, value) for name, value in row.items()}
    return SUMMARIES[label].format(**shown).removesuffix("：") or shown["outcome"]


def _fields(where: str, label: str, before: Content, after: Content) -> Iterator[Difference]:
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name), after.get(name)
        if old != new:
            what = LABELS.get(name) or label_of(apps.get_model(label), name)
            yield Difference(where, what, _display(label, name, old), _display(label, name, new))


SUMMARIES = {
    "findings.measure": "{plan}",
    "findings.facet": "{title}：{introduction}",
    "findings.evidence": "{name}（{digest}）",
    "findings.progress": "{reported_on}：{text}",
    "findings.regulation": "《{title}》{document_number}",
    "findings.accountability": "{kind} {persons} 人（{person_times} 人次）",
    "findings.recovery": "{kind} {amount} 元",
    "ledgers.entry": "{title}",
}
LABELS = {"digest": "文件内容", "totals": "引用的数字"}


def _digest(digest: str) -> str:
    return f"摘要 {digest[:SHORT_DIGEST]}…" if digest else ""


FORMATTERS: dict[tuple[str, str], Callable[[Any], str]] = {
    ("findings.evidence", "digest"): _digest,
    ("findings.evidence", "measures"): lambda numbers: f"{len(numbers)} 条措施",
    # A list of two texts in contents of format 1.
    ("findings.measure", "facet"): lambda facet: (
        facet if isinstance(facet, str) else "：".join(filter(None, facet or ()))
    ),
    ("findings.measure", "totals"): lambda totals: "、".join(
        f"{key} {number}" for key, number in (totals or {}).items()
    ),
    ("findings.regulation", "evidence"): _digest,
    ("ledgers.entry", "measures"): lambda numbers: f"{len(numbers)} 条措施",
    ("ledgers.entry", "evidence"): lambda numbers: "、".join(f"{number} 号" for number in numbers),
}


def _display(label: str, name: str, value: Any) -> str:
    """A value of a canonical content in Chinese words."""
    if (label, name) in FORMATTERS:
        return FORMATTERS[label, name](value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    # The key of a finding or measure is no field.
    field = None if name in {"pk", "number"} else apps.get_model(label)._meta.get_field(name)
    if isinstance(field, models.DateField):
        day = dt.date.fromisoformat(value)
        return f"{day.year}年{day.month}月{day.day}日"
    if isinstance(field, models.DecimalField):
        return f"{Decimal(value):,.2f}"
    choices = dict(field.flatchoices) if isinstance(field, models.CharField) else {}
    return str(choices.get(value, value))
