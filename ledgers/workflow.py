"""The steps of the special ledgers as transitions of the one workflow engine (ADR 11)."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from accounts.models import User
from accounts.users.roles import Right, refusal
from findings.models import Evidence, Finding, Measure
from findings.workflow.definitions import StepRules, TakenStep, Transition
from findings.workflow.engine import available_steps
from ledgers.definitions import Ledger, StepDefinition
from ledgers.models import Entry
from ledgers.special_ledgers import LEDGERS

NOT_YOURS = "这件事项由其他单位承办，只有承办单位和整改办可以填写。"
ENDED = "这件事项已经办结，需要修改的请整改办退回。"


class EntryRules(StepRules[Entry]):
    """How the engine treats entries of the special ledgers."""

    model = Entry

    def has_right(self, user: User, right: Right, record: Entry) -> bool:
        """Whether the user may take a step: all steps for the office, some for the units of the entry."""
        return record.is_filled_in_by(user) if right == Right.REPORT_WORK else record.inspection.allows(user, right)

    def right_refusal(self, right: Right, record: Entry) -> str:
        """The refusal; it names the office, which may take every step."""
        return refusal(Right.EDIT_RECORDS)

    def status_label(self, record: Entry, status: str) -> str:
        """The label of the state in the entry's ledger."""
        return record.definition.state(status).label


ENTRY = EntryRules()


def transition_of(ledger: Ledger, step: StepDefinition) -> Transition[Entry]:
    """The transition of a ledger's step."""
    return _transitions(ledger.key)[step.key]


def ledger_transitions(ledger: Ledger) -> list[Transition[Entry]]:
    """All transitions of a ledger, in the order of its definition."""
    return list(_transitions(ledger.key).values())


def available_transitions(entry: Entry, user: User) -> list[Transition[Entry]]:
    """The transitions the user can take from the entry's state; objections are shown on the page of the step."""
    return [one.transition for one in available_steps(ledger_transitions(entry.definition), entry, user)]


def why_not_filled_in(entry: Entry, user: User) -> str:
    """Why the user may not report what was done about an entry, as a Chinese sentence; "" if they may."""
    if not entry.is_filled_in_by(user):
        return NOT_YOURS
    return ENDED if entry.state.final else ""


@cache
def _transitions(key: str) -> dict[str, Transition[Entry]]:
    return {step.key: _row(step) for step in LEDGERS[key].steps}


def _row(step: StepDefinition) -> Transition[Entry]:
    """A step of the definition as a transition; a step back needs a comment, and is no forward step."""
    return Transition(
        step.key,
        step.label,
        ENTRY,
        frozenset(step.sources),
        step.target,
        # ``EntryRules.has_right`` reads REPORT_WORK as: may report about this entry.
        Right.REPORT_WORK if step.by_units else Right.EDIT_RECORDS,
        objections=tuple(_must_be_filled(name) for name in step.needs),
        needs_comment=step.says_why,
        is_forward=not step.says_why,
        effects=(_set_end,),
        after=f"已{step.label.removeprefix('已')}。",
    )


def _must_be_filled(name: str) -> Callable[[Entry, User], list[str]]:
    """An objection, raised while the entry's field is empty."""

    def objection(entry: Entry, _user: User) -> list[str]:
        if entry._meta.get_field(name).many_to_many:
            is_filled = bool(getattr(entry, name).exists())
        else:
            is_filled = getattr(entry, name) not in {None, ""}
        return [] if is_filled else [f"还没有填写“{entry.definition.column(name).heading}”。"]

    return objection


def _set_end(step: TakenStep[Entry]) -> None:
    """Set ``done_on`` when a step ends the work, and clear it when work goes on.

    A step from one final state to another keeps the date.
    """
    entry = step.record
    if not entry.definition.state(step.transition.target).final:
        entry.done_on = None
    elif not entry.state.final:
        entry.done_on = step.step_input.day


def linked_to(entry: Entry, user: User) -> dict[str, list[Evidence] | list[Measure] | list[Finding]]:
    """The findings, measures and evidence an entry is linked to, as far as the user may see them.

    Three queries; each in the order of the register or catalogue.
    """
    findings = Finding.objects.visible_to(user).filter(entries=entry)
    measures = Measure.objects.visible_to(user).filter(entries=entry)
    evidence = Evidence.objects.visible_to(user).filter(entries=entry)
    above = ("finding__aspect", "finding__parent", "facet")
    return {
        "findings": list(findings.select_related("aspect", "parent").order_by("aspect__order", "order", "pk")),
        "measures": list(measures.select_related(*above).order_by("finding__order", "order", "pk")),
        "evidence": list(evidence.select_related("replacement").order_by("finding", "number")),
    }
