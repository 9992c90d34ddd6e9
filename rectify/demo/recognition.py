"""Recognition of what a database holds: nothing, the demo, or other data.

The audit trail keeps a marker of the demo: it is sealed, no page can write it, and it stays whatever is done to the
demo's records. A demo without a marker (loaded by an earlier version, or whose trail was pruned) is recognised as long
as nothing was added to it.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from accounts.audit.events import Subject, record
from accounts.models import Action, Event, Result, User
from findings.models import Inspection, Unit
from rectify.demo.accounts import database_label
from rectify.demo.data import inspection_names, person_names

MARKER = Subject("rectify.demo", words="演示数据")
FOREIGN = (
    "演示数据没有载入，没有做任何改动：数据库（{database}）里已有人员 {people} 名、单位 {units} 个、"
    "巡察 {inspections} 项，不是演示数据。请把 DATABASE_URL 指向另一个数据库或空的数据库，再重试。\n"
    "The demo was not loaded and nothing was changed: the database ({database}) already holds data that is not the "
    "demo's (people: {people}, units: {units}, inspections: {inspections}). Set DATABASE_URL to another database or to "
    "an empty one, then try again."
)


class ForeignDatabaseError(Exception):
    """The database holds records that are not the demo's; the message, in Chinese and English, counts them."""


@dataclass(frozen=True, slots=True)
class DatabaseContents:
    """The numbers of people, units and inspections, and whether they are the demo's."""

    people: int
    units: int
    inspections: int
    is_demo: bool

    @property
    def is_empty(self) -> bool:
        """Whether the demo can be loaded here."""
        return not (self.people or self.units or self.inspections)


def inspect_database() -> DatabaseContents:
    """What the database holds, also before it is migrated; ForeignDatabaseError for data that is not the demo's."""
    tables = connection.introspection.table_names()
    people, units, inspections = (
        model._default_manager.count() if model._meta.db_table in tables else 0 for model in (User, Unit, Inspection)
    )
    is_demo = bool(people) and (has_marker() or has_demo_records_only())
    contents = DatabaseContents(people, units, inspections, is_demo)
    if not (contents.is_empty or is_demo):
        counts = {"people": people, "units": units, "inspections": inspections}
        raise ForeignDatabaseError(FOREIGN.format(database=database_label(), **counts))
    return contents


def record_marker() -> None:
    """Write the marker into the audit trail."""
    record(Action.IMPORT, MARKER)


def has_marker() -> bool:
    """Whether the demo was loaded when the database was empty, and any of its people still exist."""
    markers = Event.objects.filter(action=Action.IMPORT, result=Result.DONE, record_type=MARKER.type)
    return markers.exists() and User.objects.filter(username__in=person_names()).exists()


def has_demo_records_only() -> bool:
    """Whether the people are exactly those of the demo, and no inspection is of another name."""
    people = dict(User.objects.values_list("username", "name"))
    return people == person_names() and set(Inspection.objects.values_list("name", flat=True)) <= inspection_names()
