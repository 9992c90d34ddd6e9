"""Which forms a row of an import may use: those the pages would offer this user for the record, and no others."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.http import QueryDict

from accounts.models import User
from accounts.records.conflicts import as_sent
from accounts.text import comparison_key
from accounts.users.roles import Right, refusal
from accounts.web.forms import PageModelForm
from findings.followup.forms import SupervisionForm
from findings.models import Accountability, Aspect, Finding, Inspection, Measure, Recovery, Regulation, Supervision
from findings.units.scopes import user_scope
from findings.work.accountability_forms import AccountabilityForm, RecoveryForm
from findings.work.forms import AspectForm, FindingForm, RegulationForm
from findings.work.measure_forms import MeasureForm, MeasureWorkForm
from findings.work.views.measure import NOT_YOURS
from findings.workflow import edit_lock_reason
from ledgers.cell_parsing import Sent
from ledgers.cell_text import CellError, to_halfwidth
from ledgers.definitions import Ledger
from ledgers.entry_forms import EntryForm, FillForm
from ledgers.lookups import Lookup
from ledgers.models import Entry
from ledgers.workflow import why_not_filled_in

UNKNOWN_FINDING = "还没有登记的问题，请先到问题清单导入，同一份文件也可以。"
OTHER_FINDING = "序号“{0}”在系统里是“{1}”，这一行写的却是“{2}”。请改正序号，或者改成系统里的标题。"
T = TypeVar("T")
FormClass = type[PageModelForm]
DATE = re.compile(r"\d{4}-\d\d-\d\d")  # what Excel makes of a number such as 2-3
LIKE = 0.75  # similarity (difflib ratio) from which an unknown aspect is taken for a misspelt one
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


def can_map_columns(model: type[Any] | None, inspection: Inspection, user: User) -> bool:
    """Whether the user may decide for the whole body how the headings of its own files are read."""
    return model in OFFICE and inspection.unit_id is not None and inspection.allows(user, OFFICE[model][0])


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
    """Builds the new records of one import; those without a number take the next one when they are stored.

    ``taken`` holds the numbers that rows of the file ask for, with the parent.
    """

    known: Lookup
    ledger: Ledger | None = None  # set for a special ledger
    taken: set[tuple[Any, ...]] = field(default_factory=set)
    aspects: dict[str, Aspect] = field(default_factory=dict)  # new ones, by the key of their title

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
        """A new finding; without a number it comes after the last one of its aspect, which may be new as well."""
        number = places.get("number", "")
        numbers = to_halfwidth(number).split("-") if number else []
        if DATE.fullmatch(number):
            raise CellError(
                f"Excel 把序号当成了日期（{number}）。请把这一格设为文本格式，再填“2-3”这样的序号。", "number"
            )
        if not all(part.isdecimal() and len(part) < 5 for part in numbers) or len(numbers) not in {0, 2, 3}:
            raise CellError("序号要写成“2-3”或“2-3-1”，也可以不填，由系统接着编号。", "number")
        if not numbers and not places.get("aspect"):
            raise CellError("新问题要填类别，或者填“2-3”这样的序号。", "aspect")
        aspect = self._aspect(places.get("aspect", ""), int(numbers[0]) if numbers else None)
        if numbers and aspect.order not in {None, int(numbers[0])}:
            raise CellError(f"序号“{number}”和类别“{places['aspect']}”对不上。", "number")
        parent = self._find_named(self.known.finding, "-".join(numbers[:2]), "number") if len(numbers) == 3 else None
        order = int(numbers[-1]) if numbers else None
        if order is not None:
            asked = (comparison_key(aspect.title), parent and parent.pk, order)
            if asked in self.taken:
                raise CellError("这份文件里有两行是同一个序号，请改一个。", "number")
            self.taken.add(asked)
        asked_order = {} if order is None else {"order": order}
        return Finding(inspection=self.known.inspection, aspect=aspect, parent=parent, **asked_order)

    def _aspect(self, text: str, order: int | None) -> Aspect:
        """The aspect of this text or, without one, of this number; a new one for an unknown text.

        CellError for a text that is nearly that of an aspect, or not fit for a title.
        """
        key = comparison_key(text)
        if not text:
            return self._find_named(self.known.aspect, str(order), "number")
        if key in self.aspects:
            return self.aspects[key]
        if key in self.known.aspects or text.isdecimal() or difflib.get_close_matches(key, self.known.aspects, 1, LIKE):
            return self._find_named(self.known.aspect, text, "aspect")
        in_use = {aspect.order for aspect in [*self.known.inspection.aspects.all(), *self.aspects.values()]}
        if order is not None and order in in_use:
            raise CellError(f"序号里的第 {order} 方面已经有了，不叫“{text}”。请改正序号，或者不填。", "number")
        aspect = Aspect(inspection=self.known.inspection, **({} if order is None else {"order": order}))
        form = AspectForm({"title": text}, instance=aspect)
        if not form.is_valid():
            raise CellError("".join(str(words) for errors in form.errors.values() for words in errors), "aspect")
        self.aspects[key] = aspect
        return aspect

    def _measure(self, places: dict[str, str]) -> Measure:
        """A new measure after the last one of its finding; measures under facets are not imported as new."""
        by = "number" if places.get("number") else "title"
        if not places.get(by):
            raise CellError("新措施要填它属于哪个问题：序号（如 2-3）或者反馈问题。", "number")
        finding = self._find_named(self.known.finding, places[by], by, UNKNOWN_FINDING)
        title = places.get("title", "")
        if title and comparison_key(title) != comparison_key(finding.title):
            raise CellError(OTHER_FINDING.format(places[by], finding.title, title), "title")
        # The list has no column for facets, so a new measure stands directly below its finding.
        return Measure(inspection=self.known.inspection, finding=finding)

    @staticmethod
    def _find_named(lookup: Callable[[str], T], text: str, places: str, hint: str = "") -> T:
        """The record that a lookup finds; its CellError, with the hint, names the column by ``Column.places``."""
        try:
            return lookup(text)
        except CellError as error:
            raise CellError(f"{error}{hint}", places) from error
