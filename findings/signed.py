"""What was signed, for pages: the content of a sign-off in words, and what has changed in it since."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from findings.choices import Completion, Timing
from findings.models import Finding, Measure, SignOff
from findings.models.inspections import label_of
from findings.models.signoffs import content_of

FINDING = ("title", "detail", "introduction", "timing", "due_on", "long_term", "review_cycle_months")
MEASURE = ("plan", "outcome", "due_on", "completed_on")
SHOWN_DIGEST = 12  # characters of a digest that people compare


@dataclass(frozen=True)
class Difference:
    """One thing that is no longer as it was signed; empty on the side where it was not there."""

    what: str
    before: str
    after: str


def differences(signoff: SignOff, finding: Finding) -> list[Difference]:
    """What has changed in a finding since it was signed."""
    then, now = json.loads(signoff.content), json.loads(content_of(finding))
    return [
        *_fields("问题", then["finding"], now["finding"], FINDING, Finding),
        *_measures(then["measures"], now["measures"]),
        *_evidence(then["evidence"], now["evidence"]),
        *_sub_findings(then["sub_findings"], now["sub_findings"]),
    ]


def _fields(
    whose: str, then: dict[str, Any], now: dict[str, Any], names: tuple[str, ...], model: type[Finding | Measure]
) -> Iterator[Difference]:
    for name in names:
        if then.get(name) != now.get(name):
            yield Difference(f"{whose}：{label_of(model, name)}", words_of(name, then), words_of(name, now))


def words_of(name: str, values: dict[str, Any]) -> str:
    """A signed value as pages say it."""
    value = values.get(name)
    if value is None or value == "":
        return ""
    if name == "timing":
        return Timing(value).label
    if name == "completion":
        return Completion(value).label
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(value)


def _measures(then: list[dict[str, Any]], now: list[dict[str, Any]]) -> Iterator[Difference]:
    old, new = _by_number(then), _by_number(now)
    for place, number in enumerate(dict.fromkeys([*old, *new]), start=1):
        whose = f"第 {place} 条措施"
        if number not in new:
            yield Difference(f"{whose}：已删除", _said(old[number]), "")
        elif number not in old:
            yield Difference(f"{whose}：新增", "", _said(new[number]))
        else:
            yield from _fields(whose, old[number], new[number], MEASURE, Measure)
            if old[number]["facet"] != new[number]["facet"]:
                yield Difference(f"{whose}：分面", "，".join(old[number]["facet"]), "，".join(new[number]["facet"]))


def _said(measure: dict[str, Any]) -> str:
    return str(measure["plan"] or measure["outcome"])


def _evidence(then: list[dict[str, Any]], now: list[dict[str, Any]]) -> Iterator[Difference]:
    old, new = _by_number(then), _by_number(now)
    for number in sorted({*old, *new}):
        before, after = old.get(number), new.get(number)
        if before != after:
            yield Difference(f"佐证材料目录号 {number}", _file(before), _file(after))


def _file(one: dict[str, Any] | None) -> str:
    if one is None:
        return ""
    caption = f"，{one['caption']}" if one["caption"] else ""
    return f"{one['name']}{caption}（摘要 {one['digest'][:SHOWN_DIGEST]}，证明 {len(one['measures'])} 条措施）"


def _sub_findings(then: list[dict[str, Any]], now: list[dict[str, Any]]) -> Iterator[Difference]:
    old, new = _by_number(then), _by_number(now)
    titles = dict(Finding.objects.filter(pk__in={*old, *new}).values_list("pk", "title"))
    for number in sorted({*old, *new}):
        before, after = old.get(number), new.get(number)
        if before != after:
            yield Difference(f"分项问题“{titles.get(number, '已删除')}”的销号", _signed(before), _signed(after))


def _signed(one: dict[str, Any] | None) -> str:
    if one is None:
        return ""
    return f"摘要 {one['signed'][:SHOWN_DIGEST]}" if one["signed"] else "没有有效的销号"


def _by_number(rows: list[dict[str, Any]]) -> dict[int, dict[str, Any]]:
    return {row["number"]: row for row in rows}
