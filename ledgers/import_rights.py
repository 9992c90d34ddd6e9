"""Which forms a row of an import may use: those the pages would offer this user for the record, and no others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from accounts.models import User
from accounts.records.conflicts import as_sent
from accounts.users.roles import Right, refusal
from accounts.web.forms import PageModelForm
from accounts.web.http import next_order
from findings.followup.forms import SupervisionForm
from findings.models import Accountability, Finding, Inspection, Measure, Recovery, Regulation, Supervision
from findings.units.scopes import user_scope
from findings.work.accountability_forms import AccountabilityForm, RecoveryForm
from findings.work.forms import FindingForm, MeasureForm, RegulationForm
from findings.work.measure_forms import MeasureWorkForm
from findings.work.views.measure import NOT_YOURS
from findings.workflow import edit_lock_reason
from ledgers.cell_parsing import Lookup, Sent
from ledgers.cell_text import CellError, to_halfwidth
from ledgers.definitions import Ledger
from ledgers.entry_forms import EntryForm, FillForm
from ledgers.models import Entry
from ledgers.workflow import why_not_filled_in

FormClass = type[PageModelForm]
# By model: the right of the office, and the forms that are tried in this order for each changed cell.
OFFICE: dict[type[Any], tuple[Right, tuple[FormClass, ...]]] = {
    Finding: (Right.EDIT_RECORDS, (FindingForm,)),
    Measure: (Right.EDIT_RECORDS, (MeasureForm, MeasureWorkForm)),
    Regulation: (Right.EDIT_RECORDS, (RegulationForm,)),
    Accountability: (Right.EDIT_RECORDS, (AccountabilityForm,)),
    Recovery: (Right.EDIT_RECORDS, (RecoveryForm,)),
    Supervision: (Right.SUPERVISE, (SupervisionForm,)),
    Entry: (Right.EDIT_RECORDS, (EntryForm,)),
}


def _edit_refusal(measure: Measure, user: User) -> str:
    return edit_lock_reason(measure, user) if measure.is_editable_by(user) else NOT_YOURS


# For users who only report: the form for records of their units, and a function for the reason why it is refused.
UNITS: dict[type[Any], tuple[FormClass, Callable[[Any, User], str]]] = {
    Measure: (MeasureWorkForm, _edit_refusal),
    Entry: (FillForm, why_not_filled_in),
}


def can_import(model: type[Any] | None, inspection: Inspection, user: User) -> bool:
    """Whether the user can change any record of this model in the inspection; each row is checked again."""
    if model not in OFFICE:
        return False
    if inspection.allows(user, OFFICE[model][0]):
        return True
    return model in UNITS and user_scope(user).has_right(Right.REPORT_WORK)


def rights_for(model: type[Any]) -> str:
    """The sentence that says which roles may import records of this model."""
    rights = [OFFICE[model][0], *([Right.REPORT_WORK] if model in UNITS else [])]
    return "".join(refusal(right) for right in rights)


def editable_forms(record: Any, user: User) -> tuple[tuple[FormClass, ...], str]:
    """The forms by which the user may change a record, and the refusal for fields that none of them has.

    A new record, and one of other units, cannot be changed by users who only report.
    """
    right, forms = OFFICE[type(record)]
    if record.inspection.allows(user, right):
        return forms, ""
    if type(record) not in UNITS or record._state.adding:
        return (), refusal(right)
    form_class, why_not = UNITS[type(record)]
    reason = why_not(record, user)
    return ((), reason) if reason else ((form_class,), refusal(right))


def fields_of(form_class: FormClass) -> set[str]:
    """The names of a form's fields, without making an instance."""
    return set(form_class.base_fields)


def bound_form(form_class: FormClass, record: Any, user: User, sent: Sent) -> PageModelForm:
    """A form of the record with the data a browser would send, and the fields ``sent`` replaced.

    So all rules of the page apply to the import, and fields that are not in the file keep their present values.
    """
    data = QueryDict(mutable=True)
    form = form_class(data, instance=record, user=user)  # reads ``data`` only when validated, so it can be filled below
    for name, each in form.fields.items():
        sends = sent.get(name)
        data.setlist(name, as_sent(each, form.get_initial_for_field(each, name)) if sends is None else sends)
    return form


@dataclass
class NewRecordFactory:
    """Builds the new records of one import and numbers them after their siblings.

    ``last`` holds the last order given out below a parent, ``taken`` all orders used by the file.
    """

    known: Lookup
    ledger: Ledger | None = None  # set for a special ledger
    last: dict[tuple[str, Any, Any], int] = field(default_factory=dict)
    taken: set[tuple[str, Any, Any, int]] = field(default_factory=set)

    def new(self, model: type[Any], places: dict[str, str]) -> Any:
        """A new unsaved record below the parent that its row names.

        ``places`` are texts by ``Column.places``. CellError when the parent is missing or unknown.
        """
        if model is Finding:
            return self._finding(places)
        if model is Measure:
            return self._measure(places)
        if self.ledger is not None:
            return Entry.new_entry(self.known.inspection, self.ledger)
        return model(inspection=self.known.inspection)

    def _finding(self, places: dict[str, str]) -> Finding:
        """A new finding; without a number it comes after the last one of its aspect."""
        numbers = to_halfwidth(places.get("number", "")).split("-") if places.get("number") else []
        if not all(part.isdecimal() and len(part) < 5 for part in numbers) or len(numbers) not in {0, 2, 3}:
            raise CellError("序号要写成“2-3”或“2-3-1”，也可以不填，由系统接着编号。")
        if not numbers and not places.get("aspect"):
            raise CellError("新问题要填类别，或者填“2-3”这样的序号。")
        aspect = self.known.aspect(places.get("aspect") or numbers[0])
        if numbers and int(numbers[0]) != aspect.order:
            raise CellError(f"序号“{places['number']}”和类别“{places['aspect']}”对不上。")
        parent = self.known.finding("-".join(numbers[:2])) if len(numbers) == 3 else None
        siblings = Finding.objects.filter(aspect=aspect, parent=parent)
        order = self._order(siblings, ("finding", aspect.pk, parent and parent.pk), int(numbers[-1]) if numbers else 0)
        inspection = self.known.inspection
        return Finding(inspection=inspection, aspect=aspect, parent=parent, order=order)

    def _measure(self, places: dict[str, str]) -> Measure:
        """A new measure after the last one of its finding; measures under facets are not imported as new."""
        finding_text = places.get("number") or places.get("title")
        if not finding_text:
            raise CellError("新措施要填它属于哪个问题：序号（如 2-3）或者反馈问题。")
        finding = self.known.finding(finding_text)
        # The list has no column for facets, so a new measure stands directly below its finding.
        siblings = finding.measures.filter(facet=None)
        order = self._order(siblings, ("measure", finding.pk, None), 0)
        return Measure(inspection=self.known.inspection, finding=finding, order=order)

    def _order(self, siblings: Any, among: tuple[str, Any, Any], asked: int) -> int:
        """The order of a new record: ``asked``, or the next free one for 0.

        CellError when two rows of the file ask for the same order. Whether a stored record has it is checked by the
        form.
        """
        if asked:
            if (*among, asked) in self.taken:
                raise CellError("这份文件里有两行是同一个序号，请改一个。")
            self.taken.add((*among, asked))
            return asked
        # The siblings are counted once for each parent: none of the new ones is stored before the whole file is read.
        order = self.last[among] + 1 if among in self.last else next_order(siblings)
        while (*among, order) in self.taken:
            order += 1
        self.taken.add((*among, order))
        self.last[among] = order
        return order
