"""The upload of an office's own Word template in place of the built-in one."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from django import forms

from accounts.web.forms import PageForm
from documents.word.client import WordFileUnavailable, template_faults
from findings.evidence.store import RejectedError
from findings.evidence.store.kinds import recognise
from ledgers.models import FormTemplate
from ledgers.word_documents.placeholders import FormDefinition, known_of, sample_of

MOST_BYTES = 2 * 1024 * 1024


class TemplateUploadForm(PageForm):
    """A .docx template for one form, accepted only if sample data can be filled into it."""

    file = forms.FileField(
        label="本单位的模板",
        widget=forms.FileInput(attrs={"accept": ".docx"}),
        allow_empty_file=True,
        help_text="一份不超过 2 MB 的 .docx 文件；上传时会用示例数据试填，有错会指出在哪里。",
    )

    def __init__(self, form: FormDefinition, *args: Any) -> None:
        super().__init__(*args)
        self.form = form

    def clean_file(self) -> FormTemplate:
        """The unsaved template; ValidationError for a file that is too large, not allowed, or has faults."""
        upload = self.cleaned_data["file"]
        if upload.size > MOST_BYTES:
            raise forms.ValidationError(f"文件有 {upload.size / 1024**2:.1f} MB，模板不能超过 2 MB；请压缩或删除图片。")
        content = upload.read()
        try:
            self._check_file(content, upload.name)
            wrong = template_faults(content, known_of(self.form.placeholders), sample_of(self.form.placeholders))
        except (RejectedError, WordFileUnavailable) as reason:
            raise forms.ValidationError(str(reason)) from reason
        if wrong:
            raise forms.ValidationError([f"没有更换：{fault}" for fault in wrong])
        return FormTemplate(form=self.form.key).set_content(upload.name, content)

    @staticmethod
    def _check_file(content: bytes, name: str) -> None:
        """Apply the evidence store's checks of Word files; RejectedError otherwise."""
        if not name.lower().endswith(".docx"):
            raise RejectedError("模板必须是 .docx 文件；请用 Word 或 WPS 另存为 .docx 再上传。")
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "template.docx"
            path.write_bytes(content)
            recognise(path, "template.docx")
