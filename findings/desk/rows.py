"""The rows of one page of the desk, read in at most four queries."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from findings.desk.finding_rows import ROWS as OF_FINDINGS
from findings.desk.finding_rows import finding_rows
from findings.desk.keys import EntryKey
from findings.desk.measure_rows import ROWS as OF_MEASURES
from findings.desk.measure_rows import measure_rows
from findings.desk.other_rows import extension_rows, inspection_rows, letter_rows
from findings.desk.row import InboxRow
from findings.desk.viewer import Viewer

Reader = Callable[[list[EntryKey], Viewer], list[InboxRow]]
BY_READER: tuple[tuple[Reader, Iterable[str]], ...] = (
    (finding_rows, OF_FINDINGS),
    (measure_rows, OF_MEASURES),
    (extension_rows, ("extension",)),
    (letter_rows, ("answer", "reply")),
    (inspection_rows, ("plan", "progress_report", "assign")),
)
READERS: dict[str, Reader] = {code: read for read, codes in BY_READER for code in codes}


def read_rows(keys: Iterable[EntryKey], viewer: Viewer) -> list[InboxRow]:
    """The rows of these keys in their order, without those of records that have gone meanwhile."""
    wanted = list(keys)
    by_reader: dict[Reader, list[EntryKey]] = {}
    for key in wanted:
        by_reader.setdefault(READERS[key.source.code], []).append(key)
    found = {row.key: row for read, own in by_reader.items() for row in read(own, viewer)}
    return [found[key] for key in wanted if key in found]
