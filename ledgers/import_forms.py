"""The form by which a list comes back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.web.forms import PageForm
from documents.excel.limits import MOST_BYTES, MOST_ROWS
from documents.excel.reading import TOO_LARGE, UnreadableError, read_workbook
from findings.models import Inspection
from ledgers.catalogue import LISTS, ListDefinition
from ledgers.sheet_matching import FileList, list_in, memory_of

TITLES = {key: listed.title for key, listed in LISTS.items()}


def read_list(content: bytes, listed: ListDefinition, inspection: Inspection) -> FileList:
    """The list in a workbook. UnreadableError for what cannot be taken for it."""
    return list_in(read_workbook(content), listed.columns, listed.key, inspection.pk, TITLES)


def read_any_list(content: bytes, inspection: Inspection, key: str | None = None) -> tuple[ListDefinition, FileList]:
    """The list in a workbook, and which it is: the one of this key, or the one the workbook says it is itself."""
    sheets = read_workbook(content)
    found = LISTS.get(key or str(memory_of(sheets)[0].get("list")))
    if found is None:
        raise UnreadableError("看不出这是哪一张清单，请用 --list 指明。")
    return found, list_in(sheets, found.columns, found.key, inspection.pk, TITLES)


class ListImportForm(PageForm):
    """A workbook; valid when a list could be read from it, which is then in ``read``."""

    file = forms.FileField(
        label="Excel 文件",
        help_text=f"从系统导出后修改的文件，或者填好的模板（.xlsx，最大 {MOST_BYTES // 1024**2} MB、{MOST_ROWS} 行）。",
    )
    read: FileList
    content: bytes

    def __init__(self, *args: Any, listed: ListDefinition, inspection: Inspection, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.listed, self.inspection = listed, inspection

    def clean_file(self) -> Any:
        """Read it."""
        upload = self.cleaned_data["file"]
        if upload.size > MOST_BYTES:
            raise ValidationError(TOO_LARGE)
        self.content = upload.read()
        try:
            self.read = read_list(self.content, self.listed, self.inspection)
        except UnreadableError as error:
            raise ValidationError(str(error)) from error
        return upload
