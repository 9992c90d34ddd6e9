"""The printed layouts of a report as data: an office's own variant is one more entry.

Pure: no Django, no files. The values are those of GB/T 9704-2012; lengths are in millimetres, type sizes in points
(3号 = 16, 2号 = 22, 4号 = 14, 五号 = 10.5), indents and positions in characters of the body.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

from documents.document import BlockKind

MM = 72 / 25.4  # points
IDEOGRAPH = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af]")


class Placement(StrEnum):
    """The placement of the lines of a block between the margins."""

    JUSTIFIED = "justified"
    CENTRED = "centred"
    SIGNATURE = "signature"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Family:
    """One font family of a list, by a name in the font file (in any language).

    With ``ideographs_only`` its other characters are not used: private ones, which differ from font to font, and emoji.
    """

    name: str
    bold: bool = False
    ideographs_only: bool = False

    def covers(self, character: str) -> bool:
        """Whether the family may be used for a character; "" stands for any character that is no ideograph."""
        return not self.ideographs_only or IDEOGRAPH.fullmatch(character) is not None


@dataclass(frozen=True, slots=True)
class BlockStyle:
    """The type face and placement of a kind of block; for each character the first family that has it is used."""

    families: tuple[Family, ...]
    size: float = 16.0
    indent: int = 2
    placement: Placement = Placement.JUSTIFIED
    heavy: bool = False


@dataclass(frozen=True, slots=True)
class Profile:
    """One layout; ``top``, ``left``, ``width`` and ``height`` are those of the text area (版心), in millimetres."""

    name: str
    label: str
    styles: Mapping[BlockKind, BlockStyle]
    page_number: BlockStyle
    table_head: BlockStyle
    page_width: float = 210
    page_height: float = 297
    top: float = 37
    left: float = 28
    width: float = 156
    height: float = 225
    lines: int = 22
    columns: int = 28
    number_gap: float = 7  # from the text area to the top of the dashes beside the page number
    sealed: bool = False  # a seal goes over the date: 4 characters from the right, the signature centred above it
    bold_lower_headings: bool = False  # many offices print 1. and （1） bold; the standard does not

    @property
    def pitch(self) -> float:
        """The distance between base lines, in points."""
        return self.height * MM / self.lines

    @property
    def cell(self) -> float:
        """The width of one full-width character of the body, in points; a little less than its type size."""
        return self.width * MM / self.columns

    def style(self, kind: BlockKind) -> BlockStyle:
        """The style of a kind of block, with ``bold_lower_headings`` applied."""
        style = self.styles[kind]
        if self.bold_lower_headings and kind in {BlockKind.HEADING_3, BlockKind.HEADING_4}:
            return replace(style, heavy=True)
        return style

    def as_dict(self) -> dict[str, Any]:
        """The profile as plain data for JSON; ``from_dict`` is the inverse."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Profile:
        """The profile from the data that ``as_dict`` gave."""
        styles = {BlockKind(kind): _style(style) for kind, style in data["styles"].items()}
        others = {name: _style(data[name]) for name in ("page_number", "table_head")}
        return cls(**{**data, "styles": styles, **others})


def _style(data: Mapping[str, Any]) -> BlockStyle:
    families = tuple(Family(**family) for family in data["families"])
    return BlockStyle(**{**data, "families": families, "placement": Placement(data["placement"])})


# A fifth of Noto's size, so the set-up installs this one; it has no bold face. Noto is drawn better and goes first.
RARE_CHARACTERS = Family("BabelStone Han", ideographs_only=True)


def _families(*names: str, last: str = "Noto Serif CJK SC") -> tuple[Family, ...]:
    return (*(Family(name) for name in (*names, last)), RARE_CHARACTERS)


# In each list: the office's own fonts, then the free one, then those with the rare characters of people's names.
FANGSONG = _families("仿宋_GB2312", "FangSong_GB2312", "仿宋", "FangSong", "FandolFang")
KAITI = _families("楷体_GB2312", "KaiTi_GB2312", "楷体", "KaiTi", "FandolKai")
HEITI = _families("黑体", "SimHei", "FandolHei", last="Noto Sans CJK SC")
SONGTI = _families("宋体", "SimSun", "FandolSong")
XIAOBIAOSONG = (
    *(Family(name) for name in ("方正小标宋简体", "FZXiaoBiaoSong-B05S", "方正小标宋_GBK", "FZXiaoBiaoSong-B05")),
    Family("FandolSong", bold=True),
    Family("Noto Serif CJK SC", bold=True),
    RARE_CHARACTERS,
)

_BODY = BlockStyle(FANGSONG)
_TITLE = BlockStyle(XIAOBIAOSONG, size=22, indent=0, placement=Placement.CENTRED)
IN_TABLE = 10.5
OFFICIAL_STYLES: Mapping[BlockKind, BlockStyle] = {
    BlockKind.TITLE: _TITLE,
    BlockKind.SALUTATION: BlockStyle(FANGSONG, indent=0),
    BlockKind.HEADING_1: BlockStyle(HEITI),
    BlockKind.HEADING_2: BlockStyle(KAITI),
    BlockKind.HEADING_3: _BODY,
    BlockKind.HEADING_4: _BODY,
    BlockKind.PARAGRAPH: _BODY,
    BlockKind.CONTACT: _BODY,
    BlockKind.ANNEX_NOTE: _BODY,
    BlockKind.SIGNATURE: BlockStyle(FANGSONG, placement=Placement.SIGNATURE),
    BlockKind.DATE: BlockStyle(FANGSONG, placement=Placement.DATE),
    BlockKind.ANNEX: BlockStyle(HEITI, indent=0),
    BlockKind.ANNEX_TITLE: _TITLE,
    BlockKind.TABLE: BlockStyle(FANGSONG, size=IN_TABLE, indent=0),
}
OFFICIAL = Profile(
    "official",
    "机关公文",
    OFFICIAL_STYLES,
    page_number=BlockStyle(SONGTI, size=14),
    table_head=BlockStyle(HEITI, size=IN_TABLE, indent=0),
)

PROFILES: Mapping[str, Profile] = {
    "official": OFFICIAL,
    "sealed": replace(OFFICIAL, name="sealed", label="机关公文（加盖印章）", sealed=True),
    "website": replace(OFFICIAL, name="website", label="网站稿"),
}
