"""The forms for superiors' templates: upload, name, another workbook, and the mapping of columns and cells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.forms import BoundField

from accounts.models import User
from accounts.text import LINE, PROSE
from accounts.web.forms import VersionedForm
from documents.excel.reading import UnreadableError
from documents.excel.sheet import column_letters, column_number
from documents.excel.templates.client import TemplateNotFilledError, read_template
from documents.excel.templates.mapping import (
    ROW_NUMBER,
    PlaceholderNames,
    TemplateMapping,
    placeholder,
    single_placeholder,
)
from documents.excel.templates.snapshot import SheetSnapshot, find_sheet
from findings.workflow.forms import WorkflowModelForm
from ledgers.catalogue import LISTS, ListDefinition
from ledgers.external_templates.filling import fill_with_sample, mapping_of, names_of, set_mapping
from ledgers.external_templates.locate import WrongFormError, by_headings, by_placeholders, faults_of, headings_above
from ledgers.models import SuperiorForm, SuperiorWorkbook

MOST_BYTES = 2 * 1024 * 1024
FIXED = "text"
KEPT = "留空（保留表样里的内容）"
HELP = (
    "一份不超过 2 MB 的空白 .xlsx。可以先在表里写好占位符，如 {{反馈问题}}（“上级表样”页面列出了全部）；"
    "没有占位符的，下一步按表头对应各列。"
)


@dataclass(frozen=True)
class UploadedTemplate:
    """An uploaded workbook and its mapping.

    ``is_certain`` if the mapping comes from placeholders; one proposed from headings has to be confirmed first.
    """

    name: str
    content: bytes
    places: TemplateMapping
    is_certain: bool

    def build_workbook(self, user: User) -> SuperiorWorkbook:
        """Create the stored workbook; a ``SuperiorWorkbook`` is never changed afterwards."""
        workbook = SuperiorWorkbook(put_by=user).set_content(self.name, self.content)
        workbook.save()
        return workbook

    def replace_workbook(self, form: SuperiorForm, user: User) -> None:
        """Give a template this workbook and its mapping, without saving the template."""
        form.workbook = self.build_workbook(user)
        form.is_confirmed = self.is_certain
        set_mapping(form, self.places)


def read_upload(upload: UploadedFile[Any], listed: ListDefinition) -> UploadedTemplate:
    """Read an upload for this list; ValidationError with a Chinese sentence for each fault."""
    name = upload.name or ""
    if (upload.size or 0) > MOST_BYTES:
        raise ValidationError(
            f"文件有 {(upload.size or 0) / 1024**2:.1f} MB，表样不能超过 2 MB；请删除数据，只留空表。"
        )
    if not name.lower().endswith(".xlsx"):
        raise ValidationError("表样必须是 .xlsx 文件；请用 Excel 或 WPS 另存为 .xlsx 再上传。")
    content, names = upload.read(), names_of(listed)
    try:
        pages = read_template(content)
        certain = by_placeholders(pages, names)
        places = certain or by_headings(pages, [column.heading for column in listed.columns])
    except UnreadableError as error:
        raise ValidationError(str(error)) from error
    except WrongFormError as error:
        raise ValidationError(list(error.faults)) from error
    if certain:
        check_mapping(content, certain, pages, listed)
    return UploadedTemplate(name, content, places, is_certain=bool(certain))


def check_mapping(content: bytes, places: TemplateMapping, pages: list[SheetSnapshot], listed: ListDefinition) -> None:
    """Validate a mapping and fill a sample with it; ValidationError with a Chinese sentence for each fault."""
    if faults := faults_of(places, pages, names_of(listed)):
        raise ValidationError(list(faults))
    try:
        fill_with_sample(content, places, listed)
    except TemplateNotFilledError as error:
        raise ValidationError(str(error)) from error


def workbook_field() -> forms.FileField:
    """A new file field for a template's workbook."""
    return forms.FileField(
        # An empty file is refused by ``read_upload``, with the same wording as any other unreadable one.
        label="表样文件",
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        allow_empty_file=True,
        help_text=HELP,
    )


class SuperiorCreateForm(WorkflowModelForm):
    """A new template; valid if its workbook has correct placeholders, or at least headings to map."""

    preset_fields = ("listed",)
    constraint_fields: ClassVar[dict[str, str]] = {"superior_form_name": "name"}
    listed = forms.ChoiceField(
        label="取自清单",
        choices=[("", "请选择"), *((key, one.title) for key, one in LISTS.items())],
        help_text="每条记录占表样的一行。",
    )
    workbook = workbook_field()

    class Meta:
        model = SuperiorForm
        fields = ("name",)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean(self) -> dict[str, Any]:
        """Read the workbook if the list is valid: its placeholders depend on the list."""
        cleaned = super().clean() or self.cleaned_data
        self.instance.listed = cleaned.get("listed", "")
        if cleaned.get("workbook") and self.instance.listed:
            try:
                self.read = read_upload(cleaned["workbook"], LISTS[self.instance.listed])
            except ValidationError as error:
                self.add_error("workbook", error)
        return cleaned

    def _write(self) -> bool:
        """Store the workbook and the template in one transaction."""
        # A workbook without a template could never be removed: nothing deletes workbooks.
        with transaction.atomic():
            self.read.replace_workbook(self.instance, self.user)
            return super()._write()


class SuperiorNameForm(WorkflowModelForm):
    """The name of a template."""

    preset_fields = ("listed",)
    constraint_fields: ClassVar[dict[str, str]] = {"superior_form_name": "name"}

    class Meta:
        model = SuperiorForm
        fields = ("name",)


class SuperiorWorkbookForm(VersionedForm):
    """Another workbook in place of the present one; a valid form has it in ``read_upload``."""

    workbook = workbook_field()

    def __init__(self, *args: Any, listed: ListDefinition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.listed = listed

    def clean_workbook(self) -> UploadedFile[Any]:
        """Read the workbook for the template's list."""
        upload: UploadedFile[Any] = self.cleaned_data["workbook"]
        self.read = read_upload(upload, self.listed)
        return upload


@dataclass(frozen=True)
class MappingRow:
    """One column of a template on the page of its mapping.

    ``use`` chooses a placeholder, ``text`` is the fixed text instead.
    """

    letters: str
    heading: str
    use: BoundField
    text: BoundField
    stored: str  # the stored mapping, for comparison when another user has changed it


class SuperiorMappingForm(VersionedForm):
    """The mapping of a template; a valid form has the ``TemplateMapping`` in ``places``."""

    cells = forms.CharField(
        label="单独的单元格",
        required=False,
        max_length=4000,
        validators=PROSE,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="表头、表尾里只填一次的格，每行一个，如“登记表!B2：填报单位：{{被巡察党组织}}”。可用的占位符见各列的“巡察和清单”。",
    )

    def __init__(
        self, *args: Any, form: SuperiorForm, pages: list[SheetSnapshot], places: TemplateMapping, **kwargs: Any
    ) -> None:
        """Make two fields for each column that has a heading or is mapped.

        ``places`` is the stored mapping, or the proposal for another sheet or row.
        """
        super().__init__(*args, version=form.version, **kwargs)
        self.record, self.pages, self.asked, self.listed = form, pages, places, LISTS[form.listed]
        page = find_sheet(pages, places.sheet)
        above = headings_above(page, places.row) if page else {}
        numbers = above.keys() | {column_number(letters) for letters in places.columns}
        self.headings = {column_letters(number): " ▸ ".join(above.get(number, ())) for number in sorted(numbers)}
        choices = list(_choices(names_of(self.listed)))
        for letters in self.headings:
            use = forms.ChoiceField(label=f"{letters} 列", choices=choices, required=False)
            text = forms.CharField(label=f"{letters} 列的文字", max_length=200, required=False, validators=LINE)
            self.fields[f"use_{letters}"], self.fields[f"text_{letters}"] = use, text
        known = {value for value, _ in _flat(choices)}
        for letters, words in places.columns.items():
            chosen = (
                placeholder(single_placeholder(words)) if placeholder(single_placeholder(words)) in known else FIXED
            )
            self.initial[f"use_{letters}"] = chosen
            self.initial[f"text_{letters}"] = words if chosen == FIXED else ""
        self.initial["cells"] = "\n".join(f"{where}：{words}" for where, words in sorted(places.cells.items()))

    @property
    def lines(self) -> list[MappingRow]:
        """The columns with their fields, from left to right."""
        stored = mapping_of(self.record).columns
        return [
            MappingRow(letters, heading, self[f"use_{letters}"], self[f"text_{letters}"], stored.get(letters, "留空"))
            for letters, heading in self.headings.items()
        ]

    def clean(self) -> dict[str, Any]:
        """Build ``places`` from the fields and fill a sample with it."""
        columns: dict[str, str] = {}
        for letters in self.headings:
            use = self.cleaned_data.get(f"use_{letters}", "")
            text = self.cleaned_data.get(f"text_{letters}", "") if use == FIXED else use
            # An invalid text is missing from ``cleaned_data`` and has an error already.
            if use == FIXED and not text and f"text_{letters}" in self.cleaned_data:
                self.add_error(f"text_{letters}", "选了“固定文字”，请写出文字，或者改选“留空”。")
            columns |= {letters: text} if text else {}
        self.places = TemplateMapping(self.asked.sheet, self.asked.row, columns, self.cleaned_data.get("cells", {}))
        if not self.errors:
            check_mapping(bytes(self.record.workbook.content), self.places, self.pages, self.listed)
        return self.cleaned_data

    def clean_cells(self) -> dict[str, str]:
        """The texts by ``sheet!cell``, from lines like ``登记表!B2：…``; both kinds of colon are accepted."""
        lines = [line.strip() for line in self.cleaned_data["cells"].splitlines() if line.strip()]
        pairs = [line.replace(":", "：", 1).partition("：") for line in lines]
        if wrong := next((where for where, mark, text in pairs if not mark or not text.strip()), None):
            raise ValidationError(f"“{wrong[:40]}”这一行要写成“工作表名称!B2：文字”。")
        return {where.strip(): text.strip() for where, _, text in pairs}


def _choices(names: PlaceholderNames) -> Iterator[tuple[str, Any]]:
    """The choices of a column's field, in two option groups after the plain ones."""
    yield "", KEPT
    yield placeholder(ROW_NUMBER), "序号（1、2、3……）"
    yield FIXED, "固定文字"
    yield "清单的列", [(placeholder(name), name) for name in names.record if name != ROW_NUMBER]
    yield "巡察和清单", [(placeholder(name), name) for name in names.whole]


def _flat(choices: list[tuple[str, Any]]) -> Iterator[tuple[str, str]]:
    """The choices without their option groups."""
    for value, words in choices:
        yield from words if isinstance(words, list) else [(value, words)]
