"""The forms of evidence: uploads, description, newer version, withdrawal."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.safestring import SafeString

from accounts.text import LINE
from accounts.web.forms import PageForm, VersionedForm
from accounts.web.text import shorten
from findings.choices import EvidenceKind
from findings.evidence.models import Evidence
from findings.evidence.store.kinds import ADVICE, CHECKS, NAMELESS, OTHERWISE, REFUSED, TAKEN
from findings.inspections.display import measure_number
from findings.inspections.models.measures import Measure
from findings.units.fields import LONGEST_KEY
from findings.work.evidence_list import EvidenceList
from findings.workflow.forms import WorkflowModelForm

# Django's fields are generic for the type checker only.
if TYPE_CHECKING:
    MeasureChoices = forms.ModelMultipleChoiceField[Measure]
else:
    MeasureChoices = forms.ModelMultipleChoiceField

ACCEPTED = ",".join(f".{extension}" for extension in (*CHECKS, "jpeg"))
HOW_TO_CHOOSE = f"可以一次选择多个文件，或者把文件拖到这里。接受 {TAKEN}，每个不超过 50 MB。"
MOST_FILES = 20  # of one upload
MOST_BYTES = 4 * settings.EVIDENCE_MAX_BYTES  # of one upload, below BODY_MAX_BYTES
FILE_KIND, FILE_CAPTION = "file_kind", "file_caption"  # inputs of which each file has its own
# Words in the name of a file that tell its kind; the first that occurs decides, and without any it stays as it is.
KIND_WORDS = (
    (EvidenceKind.SIGN_OFF, ("销号",)),
    (EvidenceKind.FEEDBACK, ("反馈意见", "巡察反馈", "巡视反馈", "反馈报告")),
    (EvidenceKind.RESULT, ("凭证", "凭据", "收据", "发票", "回单", "缴款", "退款", "处分", "诫勉", "谈话记录")),
    (EvidenceKind.REGULATION, ("办法", "制度", "规定", "细则", "规程", "规则", "条例", "规范", "章程")),
    (EvidenceKind.PLAN, ("方案", "工作计划", "整改计划")),
)
CAPTION = "写明这份材料证明什么，如：10月督查会议纪要。"


class FilesInput(forms.FileInput):
    """A file input for several files; the script of the page also accepts dropped ones."""

    allow_multiple_selected = True


class FilesField(forms.Field):
    """Several files; each is checked when it is received, so that a bad one does not prevent the others."""

    widget = FilesInput(attrs={"accept": ACCEPTED})

    def clean(self, value: Any) -> list[UploadedFile[Any]]:
        """The files, in the order chosen."""
        if not value:
            raise ValidationError("请选择文件。", code="required")
        if len(value) > MOST_FILES:
            raise ValidationError(f"一次最多上传 {MOST_FILES} 个文件，请分几次上传。", code="too_many")
        return list(value)


class MeasuresField(MeasureChoices):
    """The measures that the evidence proves, by checkboxes."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self) -> None:
        super().__init__(Measure.objects.none(), label="证明的措施", required=False)

    def set_choices(self, dossier: EvidenceList) -> None:
        """Set the measures to those of the finding that the user may edit.

        At least one is required unless the user reports on the whole finding.
        """
        self.queryset, self.required = Measure.objects.filter(pk__in=dossier.own_keys), not dossier.is_whole
        # The loaded measures, so that the widget makes no query of its own.
        self.choices = [(measure.pk, self.label_from_instance(measure)) for measure in dossier.own_measures]

    def clean(self, value: Any) -> Any:
        """The chosen measures; keys longer than any key are invalid, since SQLite's driver overflows on them."""
        if any(len(str(key)) > LONGEST_KEY for key in value or ()):
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return super().clean(value)

    def label_from_instance(self, measure: Measure) -> str:
        """The number and the first 40 characters: 措施 2：建立督查台账……"""
        return f"措施 {measure_number(measure)}：{shorten(str(measure), 40)}"


class FilesForm(PageForm):
    """Several files with one kind and one caption."""

    uploads = FilesField(label="文件", help_text=HOW_TO_CHOOSE)
    kind = forms.ChoiceField(label="档案类别", choices=EvidenceKind.choices, initial=EvidenceKind.PROCESS)
    caption = forms.CharField(label="说明", max_length=200, required=False, validators=LINE, help_text=CAPTION)


class OptionalFilesForm(FilesForm):
    """The same fields within a form that saves more, where no file need be chosen.

    With script each file is a row with its own kind and caption (static/js/file_rows.js).
    """

    template_name = "findings/evidence/file_rows.html"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["uploads"].required = self.fields["kind"].required = False

    def row_rules(self) -> str:
        """What the script needs to judge a chosen file, as JSON."""
        rules = {
            "kinds": KIND_WORDS,
            "advice": ADVICE,
            "refused": REFUSED,
            "nameless": NAMELESS,
            "otherwise": OTHERWISE,
            "largest": settings.EVIDENCE_MAX_BYTES,
            "most_bytes": MOST_BYTES,
            "most_files": MOST_FILES,
        }
        return json.dumps(rules, ensure_ascii=False)


FILE_IDS = "evidence_%s"  # other forms of the page have the plain ids


@cache
def blank_files(form: type[FilesForm] = FilesForm) -> SafeString:
    """The empty form as HTML; cached, because it is the same on every page with evidence."""
    return form(auto_id=FILE_IDS).render()


def files_fields(submitted: QueryDict | None, form: type[FilesForm] = FilesForm) -> FilesForm | SafeString:
    """The fields of the files on a page, with the kind and the caption that were submitted to it, if any."""
    if submitted is None:
        return blank_files(form)
    return form(auto_id=FILE_IDS, initial={name: submitted.get(name, "") for name in ("kind", "caption")})


@dataclass(frozen=True)
class ChosenFile:
    """A file of an upload with its kind and caption."""

    upload: UploadedFile[Any]
    kind: str
    caption: str


class UploadForm(FilesForm):
    """An upload for the archive of a finding, with the measures that the files prove."""

    measures = MeasuresField()

    def __init__(self, *args: Any, dossier: EvidenceList, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dossier, self.own_measure = dossier, dossier.measure
        measures: MeasuresField = self.fields["measures"]  # type: ignore[assignment]  # declared above
        measures.set_choices(dossier)
        # On the page of a measure the files prove that measure.
        if dossier.measure or not dossier.own_measures:
            del self.fields["measures"]

    def clean(self) -> dict[str, Any]:
        """Give each file the kind and caption of its row, or those for all where the page has no rows."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        uploads = cleaned.get("uploads", [])
        kinds, captions = (self._row_values(name, len(uploads)) for name in (FILE_KIND, FILE_CAPTION))
        self.chosen_files = [
            ChosenFile(
                upload,
                self.fields["kind"].clean(kind) if kind else cleaned.get("kind", ""),
                self.fields["caption"].clean(caption) if caption else cleaned.get("caption", ""),
            )
            for upload, kind, caption in zip(uploads, kinds, captions, strict=True)
        ]
        return cleaned

    def _row_values(self, name: str, total: int) -> list[str]:
        """The submitted values of the rows, one for each file; empty ones without as many rows as files."""
        values = self.data.getlist(name) if isinstance(self.data, QueryDict) else []
        return list(values) if len(values) == total else [""] * total

    @property
    def selected_measures(self) -> list[Measure]:
        """The measures that the files prove: the measure of the page, or the ticked ones."""
        return [self.own_measure] if self.own_measure else list(self.cleaned_data.get("measures", ()))


class EvidenceForm(WorkflowModelForm):
    """The description of a piece of evidence; its file is replaced by uploading a newer version."""

    measures = MeasuresField()

    class Meta:
        model = Evidence
        fields = ("kind", "caption", "measures")
        help_texts = {"caption": CAPTION}

    def __init__(self, *args: Any, dossier: EvidenceList, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        measures: MeasuresField = self.fields["measures"]  # type: ignore[assignment]  # declared above
        measures.set_choices(dossier)
        if not dossier.own_measures:
            del self.fields["measures"]


class ReplacementForm(PageForm):
    """The newer version of a piece of evidence."""

    file = forms.FileField(label="新版文件", widget=forms.FileInput(attrs={"accept": ACCEPTED}), allow_empty_file=True)
    caption = forms.CharField(label="说明", max_length=200, required=False, validators=LINE, help_text=CAPTION)


class WithdrawalForm(VersionedForm):
    """The reason for which a piece of evidence no longer counts."""

    refusal = "没有作废。"
    reason = forms.CharField(
        label="作废理由", max_length=200, validators=LINE, help_text="如：上传错了文件。理由会一直显示。"
    )
