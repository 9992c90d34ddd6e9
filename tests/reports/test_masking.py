"""The masked edition of a report with annexes."""

from __future__ import annotations

from documents.document import BlockKind
from reports.masking import mask_digits
from tests.documents.documents import annexed_report


def test_digits_in_cells_are_masked_and_the_numbers_of_rows_and_annexes_stay() -> None:
    document = annexed_report(1, 12)
    masked = mask_digits(document)
    for block, hidden in zip(document.blocks, masked.blocks, strict=True):
        assert (hidden.number, hidden.widths) == (block.number, block.widths)
        for row, hidden_row in zip(block.rows, hidden.rows, strict=True):
            assert hidden_row[0] == row[0]
            assert not any(char.isdigit() for cell in hidden_row[1:] for char in cell.text)
    numbers = [row[0].text for block in masked.blocks if block.kind is BlockKind.TABLE for row in block.rows]
    assert numbers == ["序号", *map(str, range(1, 13)), "序号", *"1234"]
    assert [block.text for block in masked.blocks if block.kind is BlockKind.ANNEX] == ["附件1", "附件2"]
