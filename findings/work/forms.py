"""The forms of records: their fields, sections, and the field at which a violated constraint is reported."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q

from accounts.models import User
from accounts.web.forms import named_in
from findings.evidence.models import Evidence
from findings.evidence.regulations import Regulation
from findings.inspections.models.aspects import Aspect
from findings.inspections.models.facets import Facet
from findings.inspections.models.findings import Finding
from findings.inspections.models.progress import Progress
from findings.units.fields import AmountField, PersonField, UnitField, UnitsField, set_choices
from findings.units.models import Membership, Unit
from findings.work.assignee_forms import AssigneeForm, ScopedForm
from findings.work.deadline_forms import DeadlineForm
from findings.work.quoting_forms import QuotingForm
from findings.workflow.forms import WorkflowModelForm

LONG = forms.Textarea(attrs={"rows": 5})
SHORT = forms.Textarea(attrs={"rows": 3})


class AspectForm(QuotingForm):
    """Order, title and short title of an aspect."""

    title_fields = ("title", "short_title")
    is_signed = False
    preset_fields = ("inspection",)
    constraint_fields = {"aspect_order_unique": "order"}

    class Meta:
        model = Aspect
        fields = ("order", "title", "short_title")


FINDING_DETAILS = "原因、金额和验收"
FINDING_SECTIONS = (
    ("问题", ("order", "title", "part", "detail", "goal", "introduction", "remark")),
    ("责任", ("lead_unit", "supporting_units", "responsible_leader", "person_in_charge")),
    ("时限", ("timing", "due_on", "extension_reason", "long_term", "review_cycle_months")),
    (
        FINDING_DETAILS,
        (
            "cause_analysis",
            "amount_involved",
            "amount_received",
            "accepted_by_name",
            "accepted_on",
            "acceptance_conclusion",
        ),
    ),
)


class FindingForm(DeadlineForm, AssigneeForm, QuotingForm):
    """The form of a finding or sub-finding."""

    quoting_fields = ("introduction",)
    title_fields = ("title",)
    lead_unit = UnitField("牵头单位")
    supporting_units = UnitsField("配合单位")
    responsible_leader = PersonField("责任领导")
    person_in_charge = PersonField("责任人")
    amount_involved = AmountField(
        label="涉及金额（元）",
        required=False,
        max_digits=14,
        decimal_places=2,
        help_text="可写“1.2万元”；列入问题清单，不进公开报告。",
    )
    amount_received = AmountField(
        label="到位金额（元）",
        required=False,
        max_digits=14,
        decimal_places=2,
        help_text="其中已经到位的；逐笔的到账登记在“资金情况”里。",
    )
    preset_fields = ("aspect", "parent")
    constraint_fields = {
        "finding_order_unique_within_aspect": "order",
        "finding_order_unique_within_parent": "order",
        "finding_received_at_most_involved": "amount_received",
    }
    sections = FINDING_SECTIONS
    folded_sections = (FINDING_DETAILS,)

    class Meta:
        model = Finding
        fields = named_in(FINDING_SECTIONS)
        widgets = {
            "detail": LONG,
            "goal": SHORT,
            "introduction": SHORT,
            "cause_analysis": SHORT,
            "acceptance_conclusion": SHORT,
        }

    def _get_validation_exclusions(self) -> set[str]:
        # An import stores a new aspect together with its findings: there is nothing to compare them with.
        return super()._get_validation_exclusions() | ({"aspect"} if self.instance.aspect_id is None else set())

    def clean(self) -> dict[str, Any]:
        """Refuse a lead unit that is also a supporting unit."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("lead_unit") and cleaned["lead_unit"] in cleaned.get("supporting_units", ()):
            self.add_error("supporting_units", "牵头单位不必再列为配合单位，请去掉其中一个。")
        return cleaned


class FacetForm(QuotingForm):
    """Order, title and introduction of a facet."""

    quoting_fields = ("introduction",)
    title_fields = ("title",)
    preset_fields = ("finding",)
    constraint_fields = {"facet_order_unique": "order"}

    class Meta:
        model = Facet
        fields = ("order", "title", "introduction")
        widgets = {"introduction": SHORT}


class ProgressForm(WorkflowModelForm):
    """The form of an entry in the log of a measure."""

    class Meta:
        model = Progress
        fields = ("reported_on", "text")
        widgets = {"text": SHORT}


class FiledForm(ScopedForm):
    """The base of the forms of records filed with an inspection and, optionally, with one of its findings."""

    preset_fields = ("inspection",)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        findings = Finding.objects.visible_to(user).of(self.instance.inspection)
        set_choices(self.fields["finding"], findings, "（不对应具体问题）")


class RegulationForm(FiledForm):
    """The fields of a regulation and its file, chosen from live evidence."""

    constraint_fields = {"regulation_unique": "title"}

    class Meta:
        model = Regulation
        fields = ("title", "document_number", "kind", "issued_on", "finding", "evidence")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        files = Evidence.objects.visible_to(user).of(self.instance.inspection)
        # Live files, and the present one even when it no longer counts.
        kept = Q(withdrawn_at=None, replacement=None) | Q(pk=self.instance.evidence_id)
        set_choices(self.fields["evidence"], files.filter(kept), "（没有上传）")


class UnitForm(WorkflowModelForm):
    """Names, parent, kind and order of a unit."""

    parent = UnitField("上级单位", "不选则为顶级单位。")
    constraint_fields = {
        "unit_name_unique_within_parent": "name",
        "unit_name_unique_at_top": "name",
        "unit_not_its_own_parent": "parent",
    }

    class Meta:
        model = Unit
        fields = ("name", "short_name", "parent", "kind", "order")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self.fields["parent"], Unit.objects.all(), "（无，顶级单位）")


class MembershipForm(ScopedForm):
    """The form of a membership; its user cannot be changed."""

    user = PersonField("人员", required=True)
    preset_fields = ("unit",)
    constraint_fields = {"membership_unique": "user", "membership_dates_in_order": "ended_on"}

    class Meta:
        model = Membership
        fields = ("user", "title", "started_on", "ended_on")
        help_texts = {"ended_on": "在职的不填；填写后，自次日起不再是本单位成员。"}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        if self.instance.pk is not None:
            del self.fields["user"]  # another person's post is another post
