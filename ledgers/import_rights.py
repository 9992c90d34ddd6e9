"""The doors by which a row of a list comes in: the forms of the pages, for whom the pages open them, and no others."""

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


# What those who report fill in of the records of their units, and what keeps them from it.
UNITS: dict[type[Any], tuple[FormClass, Callable[[Any, User], str]]] = {
    Measure: (MeasureWorkForm, _edit_refusal),
    Entry: (FillForm, why_not_filled_in),
}


def can_import(model: type[Any], inspection: Inspection, user: User) -> bool:
    """Whether this person can change anything in a list of these records; which of them, each row tells."""
    if model not in OFFICE:
        return False
    if inspection.allows(user, OFFICE[model][0]):
        return True
    return model in UNITS and user_scope(user).has_right(Right.REPORT_WORK)


def rights_for(model: type[Any]) -> str:
    """Who may, for those who may not."""
    rights = [OFFICE[model][0], *([Right.REPORT_WORK] if model in UNITS else [])]
    return "".join(refusal(right) for right in rights)


def editable_forms(record: Any, user: User) -> tuple[tuple[FormClass, ...], str]:
    """The forms in which this person may change a record, and why he may not change what they do not have."""
    right, forms = OFFICE[type(record)]
    if record.inspection.allows(user, right):
        return forms, ""
    if type(record) not in UNITS or record._state.adding:
        return (), refusal(right)
    door, why_not = UNITS[type(record)]
    reason = why_not(record, user)
    return ((), reason) if reason else ((door,), refusal(right))


def fields_of(door: FormClass) -> set[str]:
    """The fields of a form."""
    return set(door.base_fields)


def bound_form(door: FormClass, record: Any, user: User, sent: Sent) -> PageModelForm:
    """The form of a record as a browser would send it, with these of its fields typed over."""
    data = QueryDict(mutable=True)
    form = door(data, instance=record, user=user)  # it looks at the data only when it is asked
    for name, each in form.fields.items():
        sends = sent.get(name)
        data.setlist(name, as_sent(each, form.get_initial_for_field(each, name)) if sends is None else sends)
    return form


@dataclass
class NewRecordFactory:
    """New records of one import, each after the last of its neighbours."""

    known: Lookup
    ledger: Ledger | None = None  # the special ledger whose entries they are
    last: dict[tuple[str, Any, Any], int] = field(default_factory=dict)
    taken: set[tuple[str, Any, Any, int]] = field(default_factory=set)

    def new(self, model: type[Any], places: dict[str, str]) -> Any:
        """A record that is not stored yet, where its row says it belongs. WrongError when that is nowhere."""
        if model is Finding:
            return self._finding(places)
        if model is Measure:
            return self._measure(places)
        if self.ledger is not None:
            return Entry.new_entry(self.known.inspection, self.ledger)
        return model(inspection=self.known.inspection)

    def _finding(self, places: dict[str, str]) -> Finding:
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
        said = places.get("number") or places.get("title")
        if not said:
            raise CellError("新措施要填它属于哪个问题：序号（如 2-3）或者反馈问题。")
        finding = self.known.finding(said)
        siblings = finding.measures.filter(facet=None)
        order = self._order(siblings, ("measure", finding.pk, None), 0)
        return Measure(inspection=self.known.inspection, finding=finding, order=order)

    def _order(self, siblings: Any, among: tuple[str, Any, Any], asked: int) -> int:
        if asked:
            if (*among, asked) in self.taken:
                raise CellError("这份文件里有两行是同一个序号，请改一个。")
            self.taken.add((*among, asked))
            return asked
        order = self.last[among] + 1 if among in self.last else next_order(siblings)
        while (*among, order) in self.taken:
            order += 1
        self.taken.add((*among, order))
        self.last[among] = order
        return order
