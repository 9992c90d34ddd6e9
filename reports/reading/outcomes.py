"""The measures within the paragraphs of a finding: counted off by 一是, listed by number, or one text. Pure."""

from __future__ import annotations

import re
from itertools import pairwise

from reports.reading import patterns
from reports.reading.source import plain_text
from reports.values import split_measures

_LISTED = (
    re.compile(r"(?:^|(?<=[。;!\n]))\s*(\d{1,2})\.(?!\d)\s*"),
    re.compile(r"(?:^|(?<=[。;!:\n]))\s*\((\d{1,2})\)\s*"),
)


def without_label(text: str) -> str:
    """The text without 整改情况： or another label at its beginning."""
    found = patterns.LABEL.match(plain_text(text))
    return text[found.end() :].lstrip() if found else text


def split_outcomes(text: str) -> tuple[str, list[str]]:
    """The introduction and the outcomes of the measures in the paragraphs (one a line) of a finding."""
    introduction, measures = split_measures(text)
    if len(measures) > 1:
        return introduction.strip(), [measure.strip() for measure in measures]
    plain = plain_text(text)
    for pattern in _LISTED:
        found = list(pattern.finditer(plain))
        if len(found) >= 2 and [int(one[1]) for one in found] == list(range(1, len(found) + 1)):
            cuts = [*((one.start(), one.end()) for one in found), (len(text), len(text))]
            return text[: cuts[0][0]].strip(), [text[after:end].strip() for (_, after), (end, _) in pairwise(cuts)]
    return "", [text.strip()] if text.strip() else []
