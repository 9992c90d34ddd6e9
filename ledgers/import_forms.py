"""The upload form of a list's import, and the reading of its workbook."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.web.forms import PageForm
from documents.excel.limits import MOST_BYTES, MOST_ROWS
from documents.excel.reading import TOO_LARGE, UnreadableError, read_workbook
from findings.models import Inspection
from ledgers.catalogue import LISTS, ListDefinition
from ledgers.column_mapping import mapping_of
from ledgers.sheet_matching import FileList, list_in, memory_of

TITLES = {key: listed.title for key, listed in LISTS.items()}


def read_list(
    content: bytes, listed: ListDefinition, inspection: Inspection, mapping: Mapping[str, str] | None = None
) -> FileList:
    """The rows of a list in a workbook, its headings read as the body has decided or as ``mapping`` says.

    UnreadableError, with a Chinese sentence, when the file cannot be read or is not this list of this inspection.
    """
    mapping = mapping_of(inspection, listed.key) if mapping is None else mapping
    return list_in(read_workbook(content), listed.columns, listed.key, inspection.pk, TITLES, mapping)


def read_any_list(content: bytes, inspection: Inspection, key: str | None = None) -> tuple[ListDefinition, FileList]:
    """The list of a workbook and its rows; without ``key`` the workbook's hidden memory names the list.

    UnreadableError as in ``read_list``, or when the workbook does not say which list it is.
    """
    sheets = read_workbook(content)
    found = LISTS.get(key or str(memory_of(sheets)[0].get("list")))
    if found is None:
        raise UnreadableError("看不出这是哪一张清单，请用 --list 指明。")
    mapping = mapping_of(inspection, found.key)
    return found, list_in(sheets, found.columns, found.key, inspection.pk, TITLES, mapping)


class ListImportForm(PageForm):
    """The upload of a workbook; a valid form has the rows in ``read`` and the file in ``content``."""

    file = forms.FileField(
        label="Excel 文件",
        help_text="从系统导出后修改的文件、填好的模板，或者本单位自己的台账"
        f"（.xlsx，最大 {MOST_BYTES // 1024**2} MB、{MOST_ROWS} 行）。",
    )
    read: FileList
    content: bytes

    def __init__(self, *args: Any, listed: ListDefinition, inspection: Inspection, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.listed, self.inspection = listed, inspection

    def clean_file(self) -> Any:
        """Check the size, then read the workbook in its own process."""
        upload = self.cleaned_data["file"]
        # Before reading it into memory.
        if upload.size > MOST_BYTES:
            raise ValidationError(TOO_LARGE)
        self.content = upload.read()
        try:
            self.read = read_list(self.content, self.listed, self.inspection)
        except UnreadableError as error:
            raise ValidationError(str(error)) from error
        return upload
