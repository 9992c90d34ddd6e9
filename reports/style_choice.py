"""The choice of style, edition and annexes on the page of the report, and the styles an office has saved."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.safestring import SafeString

from accounts.web.forms import PageForm
from accounts.web.markup import format_html
from findings.models import Inspection
from findings.workflow.saving import workflow_writer
from reports.masking import EDITIONS
from reports.models import OWN_STYLE, ReportDetails, SavedStyle
from reports.styles.shipped import SHIPPED, STANDARD
from reports.styles.style import ReportStyle, StyleError, style_of

SAVED = "saved-"
FULL = "full"


def saved_styles(inspection: Inspection) -> list[SavedStyle]:
    """The styles that the body of an inspection has saved, by name."""
    return list(SavedStyle.objects.filter(body=inspection.unit_id))


class ReportChoiceForm(PageForm):
    """How the report is to be shown; what is not sent is as the report has it."""

    style = forms.ChoiceField(label="体例", required=False)
    edition = forms.ChoiceField(
        label="版本", required=False, choices=[(key, edition.label) for key, edition in EDITIONS.items()]
    )
    findings_annex = forms.BooleanField(label="附问题清单", required=False)
    regulations_annex = forms.BooleanField(label="附制度清单", required=False)

    def __init__(self, data: QueryDict, *, details: ReportDetails, inspection: Inspection) -> None:
        self.style_error = _replace_unreadable_style(details)
        # A link with the edition alone leaves the rest as it is stored.
        sent = data if "style" in data else None
        stored = {
            "style": details.style_name,
            "edition": data.get("edition", FULL),
            "findings_annex": details.findings_annex,
            "regulations_annex": details.regulations_annex,
        }
        super().__init__(sent, initial=stored)
        self.details, self.stored = details, stored
        self.saved = saved_styles(inspection)
        # Kept while another style is used, so that it can be taken again.
        own = [(OWN_STYLE, "这份报告自己的体例")] if details.own_style else []
        choices: list[tuple[str, Any]] = [*own, ("随系统", [(code, style.name) for code, style in SHIPPED.items()])]
        if self.saved:
            choices.append(("本单位保存的", [(f"{SAVED}{one.pk}", one.name) for one in self.saved]))
        self.fields["style"].choices = choices  # type: ignore[attr-defined] # of a ChoiceField

    @property
    def values(self) -> dict[str, Any]:
        """The choice; the stored one where nothing valid was sent."""
        if self.is_bound and self.is_valid():
            sent = self.cleaned_data
            return sent | {"edition": sent["edition"] or FULL, "style": sent["style"] or self.stored["style"]}
        edition = self.stored["edition"]
        return self.stored | {"edition": edition if edition in EDITIONS else FULL}

    def clean_style(self) -> str:
        """The code of a style that can be read."""
        code: str = self.cleaned_data["style"]
        try:
            self._style(code or str(self.stored["style"]))
        except StyleError as error:
            raise ValidationError(str(error)) from error
        return code

    def _style(self, code: str) -> ReportStyle:
        if code.startswith(SAVED):
            return style_of(next(one.style for one in self.saved if f"{SAVED}{one.pk}" == code))
        return style_of(self.details.own_style or {}) if code == OWN_STYLE else SHIPPED[code]

    @property
    def chosen_style(self) -> ReportStyle:
        """The style that is chosen, or the stored one."""
        return self._style(self.values["style"])

    def chosen_details(self) -> ReportDetails:
        """The details of the report with the choice, not saved."""
        if self.values["style"] != self.details.style_name:
            self.details.use_style(self.chosen_style)
        self.details.findings_annex = self.values["findings_annex"]
        self.details.regulations_annex = self.values["regulations_annex"]
        return self.details

    @property
    def is_trial(self) -> bool:
        """Whether what is shown differs from what the report has."""
        names = ("style", "findings_annex", "regulations_annex")
        return any(self.values[name] != self.stored[name] for name in names)

    def reasons(self) -> list[str]:
        """Why (Chinese) the report is not shown as it was asked for; none when it is."""
        refused = [f"{self.fields[name].label}：{error}" for name, errors in self.errors.items() for error in errors]
        return [self.style_error, *refused] if self.style_error else refused

    def as_hidden(self) -> list[SafeString]:
        """The choice as hidden inputs."""
        values = {name: "on" if value is True else value for name, value in self.values.items() if value}
        return [
            format_html('<input type="hidden" name="{}" value="{}">', name, value) for name, value in values.items()
        ]

    @property
    def query(self) -> str:
        """The choice as the query of an address."""
        query = QueryDict(mutable=True)
        query.update({name: "on" if value is True else value for name, value in self.values.items() if value})
        return query.urlencode()


def _replace_unreadable_style(details: ReportDetails) -> str:
    """Set the standard style, without saving, where the stored one cannot be read; returns why (Chinese), else ""."""
    try:
        _ = details.style
    except StyleError as error:
        details.style_name = STANDARD
        return str(error)
    return ""


def save_details(details: ReportDetails) -> None:
    """Store the details of a report; ConflictError when somebody else has changed them since they were read."""
    if details._state.adding:
        workflow_writer.create(details)
    else:
        workflow_writer.save(details, seen=details.version)
