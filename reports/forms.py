"""The forms of the report: the import of a text, and the texts an office writes for a report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from accounts.models import User
from accounts.text import LINE
from accounts.users.roles import Right
from accounts.web.forms import PageForm, named_in
from accounts.web.http import parse_pk
from findings.evidence.store import RejectedError
from findings.models import Inspection
from findings.units.fields import TypeAheadSelect, UnitField, offer_bodies, set_choices
from findings.units.scopes import user_scope
from findings.work.inspection_forms import proposals_field
from findings.work.quoting_forms import QuotingForm
from reports.import_sources import keep_file
from reports.importing import limit, suggested_name, text_of_file
from reports.lines import ParseError
from reports.models import ImportSource, ReportDetails
from reports.reading.corrections import write_corrections
from reports.recognition import Recognised, recognise
from reports.review import posted_corrections

# Django's field is generic for the type checker only.
if TYPE_CHECKING:
    InspectionChoice = forms.ModelChoiceField[Inspection]
else:
    InspectionChoice = forms.ModelChoiceField

NEW_INSPECTION = "新的巡察"
TEXT_INSTEAD = "它的文字已经读出，放在下面的“全文”里：再按一次“读取”，就用这些文字导入，原文只留文字。"


class PastedText(forms.CharField):
    """A pasted text, not stripped, so that the line numbers in messages are those on the screen."""

    widget = forms.Textarea(attrs={"rows": 14})

    def __init__(self, **how: Any) -> None:
        super().__init__(strip=False, **how)
        self.validators.clear()  # the parser reports control characters with their line, the field without


class TextImportForm(PageForm):
    """A report or a feedback letter, pasted or as a file; when valid, ``recognised`` is what was read."""

    refusal = "没有读取："
    sections = (("", ("file", "text", "target", "name", "unit")),)  # the proposals are asked for beside what was read
    file = forms.FileField(
        label="文件",
        required=False,
        help_text="Word（.docx；服务器装有 LibreOffice 的，也可以是 .doc、.wps、.rtf）、"
        "有文字的 PDF（分段要仔细核对）、纯文本（.txt）或保存的网页（.html）。",
    )
    text = PastedText(label="全文", required=False, help_text="也可以把反馈意见或报告的全文粘贴在这里，每段一行。")
    target = InspectionChoice(
        Inspection.objects.none(),
        label="放进",
        required=False,
        widget=TypeAheadSelect,
        help_text="选已有的巡察，下一步先和它逐条对照；那时下面的名称和被巡察单位不用填。",
    )
    name = forms.CharField(
        label="巡察名称", required=False, max_length=100, validators=LINE, help_text="不填则按报告内容自动命名。"
    )

    unit = UnitField("被巡察单位", "导入后，只有管到这个单位的人员能看到这次巡察。")
    take_proposals = proposals_field()

    corrections = forms.CharField(label="改动", required=False, widget=forms.HiddenInput)
    by_hand = forms.BooleanField(label="自己分", required=False, widget=forms.HiddenInput)
    source = forms.CharField(label="导入的原文", required=False, widget=forms.HiddenInput)

    recognised: Recognised

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        offer_bodies(self.fields["unit"], user)
        set_choices(self.fields["target"], editable_inspections(user), NEW_INSPECTION)
        if self.data.get("target"):  # its body is known
            self.fields["unit"].required = False

    def clean_source(self) -> ImportSource | None:
        """The kept file that the text was read from; None for what is not the user's, or was imported already."""
        own = ImportSource.objects.waiting_for(self.user)
        return own.filter(pk=parse_pk(self.cleaned_data["source"])).first()

    def clean(self) -> dict[str, Any]:
        """Read the text; an error is added to the field that the text came from."""
        cleaned = self.cleaned_data
        upload = cleaned.get("file")
        source = "file" if upload else "text"
        if not upload and not cleaned.get("text"):
            raise ValidationError("请选择一个文本文件，或者粘贴报告全文。")
        try:
            if upload:
                content = upload.read()
                cleaned["text"] = text_of_file(content)
                cleaned["source"] = self._keep(content, upload.name, cleaned["text"])
                # No page keeps a chosen file: when another field is refused, its text stands in the form.
                kept = {"text": cleaned["text"], "source": key_of(cleaned["source"])}
                self.data = {name: self.data.get(name) for name in self.data} | kept
            # surrogatepass: lone surrogates are refused by the parser, with their line.
            limit(len(cleaned["text"].encode("utf-8", "surrogatepass")))
            corrections = posted_corrections(self.data)
            cleaned["corrections"] = write_corrections(corrections)
            by_hand = bool(cleaned.get("by_hand"))
            self.recognised = recognise(cleaned["text"], corrections, may_be_empty=by_hand)
        except ParseError as error:
            self.add_error(source, str(error))
        else:
            cleaned["name"] = cleaned.get("name") or suggested_name(self.recognised.parsed.facts)
        return cleaned

    def _keep(self, content: bytes, name: str, text: str) -> ImportSource | None:
        """Keep the file for the next pages, also when another field is refused; None, with an error, if it cannot be.

        The next attempt then comes with the text alone, and the text is what is kept.
        """
        try:
            return keep_file(content, name, text, self.user)
        except RejectedError as rejected:
            self.add_error("file", f"{rejected}{TEXT_INSTEAD}")
            return None

    def as_read(self) -> TextImportForm:
        """A form with the cleaned values, to be shown beside the tree; the text of a file is in the text field."""
        initial = self.cleaned_data | {"source": key_of(self.cleaned_data["source"])}
        return TextImportForm(initial=initial, user=self.user)


def editable_inspections(user: User) -> QuerySet[Inspection]:
    """The inspections into which the user may put a text: those whose records they may edit."""
    return Inspection.objects.filter(user_scope(user).bodies(Right.EDIT_RECORDS).condition("unit"))


def key_of(source: ImportSource | None) -> str:
    """The key of a kept file as pages send it back; "" for none."""
    return str(source.pk) if source else ""


DETAILS_SECTIONS = (
    ("标题和引言", ("title", "genre", "salutation")),
    ("整改工作情况", ("overview_heading", "pledge")),
    ("整改落实情况", ("findings_heading",)),
    ("下一步打算", ("next_steps_heading", "next_steps")),
    ("联系方式和落款", ("contact_phone", "contact_address", "contact_email", "signature", "dated_on")),
)


class DetailsForm(QuotingForm):
    """The texts of the report that are not computed from records."""

    quoting_fields = ("pledge", "next_steps")
    title_fields = ("title", "overview_heading", "findings_heading", "next_steps_heading")
    is_signed = False
    sections = DETAILS_SECTIONS

    class Meta:
        model = ReportDetails
        fields = named_in(DETAILS_SECTIONS)
        widgets = {
            "title": forms.Textarea(attrs={"rows": 2}),
            "pledge": forms.Textarea(attrs={"rows": 4}),
            "next_steps": forms.Textarea(attrs={"rows": 8}),
        }
