"""What a line of a source can be, and a line with its kind. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from reports.reading.numbering import HeadingNumber, number_of_line
from reports.reading.source import SourceLine


class LineKind(StrEnum):
    """The kinds of lines; the tree of a text follows from them and their order."""

    TITLE = "title"
    SALUTATION = "salutation"
    PREAMBLE = "preamble"  # before the first heading
    CHAPTER = "chapter"
    ORGANISATION = "organisation"  # a heading in the chapter about the organisation of the work
    ASPECT = "aspect"
    PART = "part"  # a level between aspect and finding
    STATUS_GROUP = "status_group"  # findings grouped by their status
    FINDING = "finding"
    ANSWER = "answer"  # the heading of a finding again, in the chapter that answers the one with the findings
    SUB_FINDING = "sub_finding"
    STATUS = "status"  # the status of the finding above it
    IMMEDIATE_HEADING = "immediate_heading"  # in a letter: above what is to be rectified at once
    IMMEDIATE = "immediate"  # in a letter: to be rectified at once
    TEXT = "text"  # a paragraph of the part above it
    CONTACT = "contact"
    SIGNATURE = "signature"
    DATE = "date"
    SET_ASIDE = "set_aside"  # furniture of the page


@dataclass(frozen=True, slots=True)
class ReadLine:
    """A line of the source and what it was recognised as."""

    source: SourceLine
    kind: LineKind

    @property
    def heading_number(self) -> HeadingNumber | None:
        """The number that it begins with."""
        return number_of_line(self.source.plain)

    @property
    def words(self) -> str:
        """The text without its number."""
        numbered = self.heading_number
        return self.source.text[numbered.length :] if numbered else self.source.text
