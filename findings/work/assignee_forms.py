"""The base classes of forms that name units and people: what they offer, and what they say of those named."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property, partial
from typing import Any

from accounts.models import User
from findings.units.fields import PeopleField, PersonField, UnitField, UnitsField, set_choices_in_scope
from findings.units.models import Unit
from findings.units.scopes import user_scope
from findings.work.assignees import AssigneeCheck
from findings.workflow.forms import WorkflowModelForm


class ScopedForm(WorkflowModelForm):
    """A form that offers the units and people of the user's scope."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices_in_scope(self, user)


class AssigneeForm(ScopedForm):
    """A form that says, next to the fields and after saving, whom of those named nothing reaches."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        self.asking = user
        for name in self.assignee_fields:
            # Called by the template alone, so that an import of many rows does not ask for each of them.
            self.fields[name].warning = partial(self.warning_of, name)  # type: ignore[attr-defined]

    @property
    def assignee_fields(self) -> list[str]:
        """The names of the fields of units and people."""
        kinds = PersonField | PeopleField | UnitField | UnitsField
        return [name for name, one in self.fields.items() if isinstance(one, kinds)]

    def assignees_of(self, name: str) -> list[Any]:
        """The units or people that a field names: as submitted where they are valid, else as they are stored."""
        if isinstance(self.fields[name], UnitsField | PeopleField):
            cleaned = getattr(self, "cleaned_data", {})
            return list(cleaned.get(name, self.initial.get(name, ())))
        named = getattr(self.instance, name)
        return [named] if named is not None else []

    @cached_property
    def assignee_check(self) -> AssigneeCheck:
        """The check of all that the fields name; made once, so that it is asked for after validation."""
        return check_assignees([self], self.asking, self.instance.inspection.unit_id)

    def warning_of(self, name: str) -> str:
        """The sentences about those whom a field names, for the template."""
        check, keys = self.assignee_check, [one.pk for one in self.assignees_of(name)]
        if isinstance(self.fields[name], PersonField | PeopleField):
            return "".join(map(check.of_person, keys))
        return check.of_units(keys)


def check_assignees(forms: Iterable[AssigneeForm], user: User, body: int | None) -> AssigneeCheck:
    """The check of all units and people that some forms over records of a body (key) name; one query."""
    named = [one for form in forms for name in form.assignee_fields for one in form.assignees_of(name)]
    people = [one for one in named if isinstance(one, User)]
    return AssigneeCheck(user_scope(user), body, people, [one for one in named if isinstance(one, Unit)])
