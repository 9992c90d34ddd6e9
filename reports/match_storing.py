"""Storing what a text says in an inspection that is there: what was chosen on the page, all of it or nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import partial

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.audit.events import record as write_down
from accounts.models import Action, Record
from accounts.records.saving import ConflictError, record_conflict
from accounts.web.text import shorten
from findings.models import Aspect, Facet, Finding, Inspection, Measure
from findings.workflow.saving import workflow_writer
from reports.facts import SourceKind
from reports.importing import assign_source, digest_of
from reports.match_plan import Choice, MatchPlan, MatchRow
from reports.matching import ASPECTS, Path
from reports.models import ImportSource
from reports.new_records import name_errors
from reports.parsing import Parsed

RESELECTED = "您改选了对应的方面或问题，请核对下面新的对照，再放进巡察。"
CHANGED = "核对以后，系统里的记录又有变化，这一次没有放进。请按下面现在的内容再核对一遍。"
BUSY = "刚才有人同时在这次巡察里新建了记录，这一次没有放进。请再核对一遍。"
NOTHING = "没有要新增或更新的内容，没有放进。"
OWN = (SourceKind.ASPECT, SourceKind.FINDING)
LINKS = frozenset({"inspection", "aspect", "parent", "finding", "facet", "order"})  # set here, not said by the text


class NotPlacedError(Exception):
    """Nothing was stored; the sentence says why, ``is_stale`` whether the page showed something else."""

    def __init__(self, words: str, *, is_stale: bool = False) -> None:
        super().__init__(words)
        self.is_stale = is_stale


def place(parsed: Parsed, text: str, inspection: Inspection, sent: Mapping[str, str], source: ImportSource) -> str:
    """Store what was chosen, in one transaction recorded in the trail; the sentence that says how much.

    ``sent`` are the inputs of the page. NotPlacedError when they contradict each other, when the page compared
    something else, and for values that do not fit; ImportRefusedError when another import took the source.
    """
    try:
        with transaction.atomic():
            # Before the comparison: until the end nobody else changes a finding, or what hangs from one.
            Finding.objects.of(inspection).lock_all()
            plan = MatchPlan(parsed.facts, inspection, sent)
            _check(plan)
            Placing(plan).store()
            words = _words(plan)
            write_down(Action.IMPORT, inspection, reason=words + assign_source(source, inspection, digest_of(text)))
            return words
    except ValidationError as error:
        raise NotPlacedError("；".join(error.messages)) from error
    except ConflictError as error:  # of an aspect
        record_conflict(error)
        raise NotPlacedError(CHANGED, is_stale=True) from error
    except IntegrityError as error:
        raise NotPlacedError(BUSY, is_stale=True) from error


def _check(plan: MatchPlan) -> None:
    if plan.sent.get("compared") != plan.pairs_digest:
        raise NotPlacedError(RESELECTED)
    if plan.sent.get("digest") != plan.digest:
        raise NotPlacedError(CHANGED, is_stale=True)
    if plan.errors:
        raise NotPlacedError("有需要改选的地方，没有放进。")
    if not plan.rows_to_store:
        raise NotPlacedError(NOTHING)


def _words(plan: MatchPlan) -> str:
    made = [row for row in plan.rows_to_store if row.choice == Choice.NEW]
    aspects = sum(len(row.path) == ASPECTS for row in made)
    changed = sum(row.is_update for row in plan.rows)
    return f"新增 {aspects} 个方面、{len(made) - aspects} 个问题，更新 {changed} 处"


class Placing:
    """The storing of one plan, row by row from the top, since what is new hangs from the row above it."""

    def __init__(self, plan: MatchPlan) -> None:
        self.plan = plan
        self._placed: dict[Path, Aspect | Finding | None] = {}  # the record of each row

    def store(self) -> None:
        """Store all rows."""
        for row in self.plan.rows:
            self._placed[row.path] = self._store(row)

    def _store(self, row: MatchRow) -> Aspect | Finding | None:
        """Store one row; the record that it is then, None for something new that is left out."""
        record = self.plan.records.place(row.target) if row.target else None
        if row.choice == Choice.NEW:
            record = self._begin(row)
        elif not row.is_update:
            return record
        assert record is not None  # noqa: S101 -- for the types: an update has its record
        words = row.words
        _write(record, {one.field: one.theirs for one in row.stored_changes if one.kind in OWN}, words)
        if isinstance(record, Finding):
            facets = self._store_facets(record, row)
            self._store_measures(record, row, facets)
        return record

    def _begin(self, row: MatchRow) -> Aspect | Finding:
        """A new record without its values, under the record of the row above."""
        above = self._placed.get(row.path[:-1])
        if isinstance(above, Finding):
            return Finding(inspection=self.plan.inspection, aspect=above.aspect, parent=above)
        if isinstance(above, Aspect):
            return Finding(inspection=self.plan.inspection, aspect=above)
        return Aspect(inspection=self.plan.inspection)

    def _store_facets(self, finding: Finding, row: MatchRow) -> dict[str, Facet]:
        """Store what is said of facets; those of which measures are said, by their titles in the text."""
        values: dict[str, dict[str, str]] = defaultdict(dict)
        facets: dict[str, Facet] = {}
        for change in row.stored_changes:
            if change.facet:
                known = self.plan.records.get(SourceKind.FACET, change.facet_key)
                facets[change.facet] = (
                    known if isinstance(known, Facet) else facets.get(change.facet, Facet(finding=finding))
                )
                if change.kind == SourceKind.FACET:
                    values[change.facet][change.field] = change.theirs
        for title, said in values.items():
            _write(facets[title], said, f"{row.words}的分面“{shorten(title)}”")
        return facets

    def _store_measures(self, finding: Finding, row: MatchRow, facets: Mapping[str, Facet]) -> None:
        for change in row.stored_changes:
            if change.kind == SourceKind.MEASURE:
                measure = self.plan.records.get(SourceKind.MEASURE, change.key) or Measure(
                    inspection=self.plan.inspection, finding=finding, facet=facets.get(change.facet)
                )
                _write(measure, {change.field: change.theirs}, f"{row.words}的{change.heading}")


def _write(record: Record, values: Mapping[str, str], words: str) -> None:
    """Create a record with these values, or change one; ValidationError, which names it, for values that do not fit."""
    if not values:
        return
    if not record._state.adding and not isinstance(record, Aspect):
        # What was stored before in this transaction may have ended its sign-off or verification. Nobody else has
        # changed it, since its finding is locked.
        record.refresh_from_db()
    for name, value in values.items():
        setattr(record, name, value)
    if record._state.adding:
        # Of the links no query asks whether they are there, of the constraints the database will.
        own = {field.name for field in record._meta.fields}
        name_errors(record, words, partial(record.full_clean, exclude=own & LINKS, validate_constraints=False))
        workflow_writer.create(record)
    else:
        # Only what the text says: other values of the record are not its fault.
        others = {field.name for field in record._meta.fields} - set(values)
        name_errors(record, words, partial(record.clean_fields, exclude=others))
        workflow_writer.save(record, seen=record.version)
