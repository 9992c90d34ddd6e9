"""The measures within the paragraphs of a finding: counted off by 一是, listed by number, or one text. Pure."""

from __future__ import annotations

import re
from dataclasses import replace

from reports.reading import patterns
from reports.reading.source import plain_text
from reports.styles.style import MeasureList
from reports.values import split_measures

_STATUS_WORDS = "|".join(sorted(patterns.STATUS_WORDS, key=len, reverse=True))
_OPENING_STATUS = re.compile(rf"({_STATUS_WORDS})([。;,])")
# The ways in which measures are listed, in the order in which they are tried.
LISTS = (MeasureList("一是"), MeasureList("1."), MeasureList("（1）"), MeasureList("①"))


def without_label(text: str) -> str:
    """The text without 整改情况： or another label at its beginning."""
    found = patterns.LABEL.match(plain_text(text))
    return text[found.end() :].lstrip() if found else text


def opening_status(text: str) -> re.Match[str] | None:
    """The status (group 1) and the mark behind it (2) with which a text begins behind its label, if it does."""
    plain = plain_text(text)
    label = patterns.LABEL.match(plain)
    return _OPENING_STATUS.match(plain, label.end() if label else 0)


def split_outcomes(text: str, joint: str = "") -> tuple[str, list[str]]:
    """The introduction and the outcomes of the measures in the paragraphs (one a line) of a finding.

    ``joint`` is the mark that joins them into one sentence, which is no part of them.
    """
    for listing in LISTS:
        introduction, measures = split_measures(text, replace(listing, joint=joint))
        if len(measures) > 1:
            return introduction.strip(), [measure.strip() for measure in measures]
    return "", [text.strip()] if text.strip() else []
