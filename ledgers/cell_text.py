"""Numbers and texts as people type them into cells. No database access."""

from __future__ import annotations

import re
import unicodedata

from documents.excel.limits import Cell

CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")  # not allowed in XML, hence in no cell
EXACT = 1e15  # numbers from here on have more digits than Excel keeps
# What is left of a long number that was read as a number and copied as text.
SCIENTIFIC = re.compile(r"\d(?:\.\d+)?E\+\d+|\d\.\d+E\d+", re.IGNORECASE)
ROUNDED = (
    "“{}”是科学记数或者超过 15 位的数字，Excel 已经丢掉了后面的位数。请把这一格设为文本格式，再重新填写完整的号码。"
)


class CellError(ValueError):
    """The value of a cell does not fit its column; the message is a Chinese sentence with what to do.

    ``places`` names the column at fault by its ``Column.places`` where a row is read as a whole, else it is "".
    """

    def __init__(self, words: str, places: str = "") -> None:
        self.places = places
        super().__init__(words)


def normalise(text: str) -> str:
    """A text without control characters and outer blanks, with line feeds as line ends.

    What Excel or a form would change on the way then counts as no change.
    """
    return CONTROL_CHARACTERS.sub("", text).replace("\r\n", "\n").replace("\r", "\n").strip()


def to_halfwidth(text: str) -> str:
    """A short text in normal form NFKC: full-width letters, digits and spaces become ordinary ones."""
    return unicodedata.normalize("NFKC", text).strip()


def read_text(cell: Cell) -> str:
    """The text of a cell; CellError for an error value of Excel, such as #REF!."""
    kind, value = cell
    if kind == "e":
        raise CellError(f"单元格是 {value}，不是内容。请改成文字或数字；公式请先算出结果，再粘贴为数值。")
    if kind == "n":
        return str(int(value)) if float(value).is_integer() and abs(value) < EXACT else f"{value:.15g}"
    return normalise(str(value))


def read_whole_text(cell: Cell) -> str:
    """The text of a cell of a text column; CellError also for a number of which Excel has dropped digits."""
    text = read_text(cell)
    if (cell[0] == "n" and (abs(cell[1]) >= EXACT or "e" in text)) or SCIENTIFIC.fullmatch(text):
        raise CellError(ROUNDED.format(text))
    return text


def split_list(text: str) -> list[str]:
    """The names in a text separated by 、, commas, semicolons or line breaks."""
    return [part for part in (each.strip() for each in re.split(r"[、,，;；\n]", text)) if part]
