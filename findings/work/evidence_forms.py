"""The forms of evidence: several files at once, what is said of one, its newer version, its withdrawal."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.safestring import SafeString

from accounts.text import LINE
from accounts.web.forms import PageForm, VersionedForm
from findings.choices import EvidenceKind
from findings.evidence.models import Evidence
from findings.evidence.store.kinds import CHECKS, TAKEN
from findings.inspections.models.measures import Measure
from findings.units.fields import LONGEST_KEY
from findings.work.evidence_list import EvidenceList, measure_number
from findings.workflow.forms import WorkflowModelForm

if TYPE_CHECKING:
    MeasureChoices = forms.ModelMultipleChoiceField[Measure]
else:
    MeasureChoices = forms.ModelMultipleChoiceField

ACCEPTED = ",".join(f".{extension}" for extension in (*CHECKS, "jpeg"))
HOW_TO_CHOOSE = f"可以一次选择多个文件，或者把文件拖到这里。接受 {TAKEN}，每个不超过 50 MB。"
MOST_FILES = 20  # at once
CAPTION = "写明这份材料证明什么，如：10月督查会议纪要。"


class FilesInput(forms.FileInput):
    """Files to choose, or to drop on the page."""

    allow_multiple_selected = True


class FilesField(forms.Field):
    """Some files; whether each can be taken is decided one by one, so that a bad one loses no other."""

    widget = FilesInput(attrs={"accept": ACCEPTED})

    def clean(self, value: Any) -> list[UploadedFile[Any]]:
        """The files, in the order chosen."""
        if not value:
            raise ValidationError("请选择文件。", code="required")
        if len(value) > MOST_FILES:
            raise ValidationError(f"一次最多上传 {MOST_FILES} 个文件，请分几次上传。", code="too_many")
        return list(value)


class MeasuresField(MeasureChoices):
    """The measures that something proves, ticked."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self) -> None:
        super().__init__(Measure.objects.none(), label="证明的措施", required=False)

    def offer(self, dossier: EvidenceList) -> None:
        """Offer the measures of the finding this person may work on; one at least for who does not report on all."""
        self.queryset, self.required = Measure.objects.filter(pk__in=dossier.own_keys), not dossier.is_whole
        self.choices = [(measure.pk, self.label_from_instance(measure)) for measure in dossier.own_measures]

    def clean(self, value: Any) -> Any:
        """The chosen measures; a number that no database can hold is no choice (SQLite's driver breaks on it)."""
        if any(len(str(key)) > LONGEST_KEY for key in value or ()):
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return super().clean(value)

    def label_from_instance(self, measure: Measure) -> str:
        """措施 2：建立督查台账……"""
        words = str(measure)
        return f"措施 {measure_number(measure)}：{words if len(words) <= 40 else f'{words[:39]}…'}"


class FilesForm(PageForm):
    """Some files, with one thing to say of all of them."""

    uploads = FilesField(label="文件", help_text=HOW_TO_CHOOSE)
    kind = forms.ChoiceField(label="档案类别", choices=EvidenceKind.choices, initial=EvidenceKind.PROCESS)
    caption = forms.CharField(label="说明", max_length=200, required=False, validators=LINE, help_text=CAPTION)


@cache
def blank_files(auto_id: str) -> SafeString:
    """The form before anything is filled in: it stands on every page with evidence, so a process draws it once."""
    return FilesForm(auto_id=auto_id).render()


class UploadForm(FilesForm):
    """Some files for the archive of a finding, and which of its measures they prove."""

    measures = MeasuresField()

    def __init__(self, *args: Any, dossier: EvidenceList, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.own_measure = dossier.measure
        measures: MeasuresField = self.fields["measures"]  # type: ignore[assignment]  # declared above
        measures.offer(dossier)
        if dossier.measure or not dossier.own_measures:
            del self.fields["measures"]

    @property
    def selected_measures(self) -> list[Measure]:
        """The measures that the files prove."""
        return [self.own_measure] if self.own_measure else list(self.cleaned_data.get("measures", ()))


class EvidenceForm(WorkflowModelForm):
    """What is said of a piece of evidence; the file itself is exchanged by uploading a newer version."""

    measures = MeasuresField()

    class Meta:
        model = Evidence
        fields = ("kind", "caption", "measures")
        help_texts = {"caption": CAPTION}

    def __init__(self, *args: Any, dossier: EvidenceList, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        measures: MeasuresField = self.fields["measures"]  # type: ignore[assignment]  # declared above
        measures.offer(dossier)
        if not dossier.own_measures:
            del self.fields["measures"]


class ReplacementForm(PageForm):
    """The newer version of a piece of evidence."""

    file = forms.FileField(label="新版文件", widget=forms.FileInput(attrs={"accept": ACCEPTED}), allow_empty_file=True)
    caption = forms.CharField(label="说明", max_length=200, required=False, validators=LINE, help_text=CAPTION)


class WithdrawalForm(VersionedForm):
    """Why a piece of evidence no longer counts."""

    refusal = "没有作废。"
    reason = forms.CharField(
        label="作废理由", max_length=200, validators=LINE, help_text="如：上传错了文件。理由会一直显示。"
    )
