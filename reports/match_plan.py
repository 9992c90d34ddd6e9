"""What putting a text into an inspection would do: what it says beside the records, and what the user chose of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from accounts.models import Record
from accounts.web.text import shorten
from findings.choices import MeasureStatus
from findings.inspections.display import finding_number
from findings.inspections.models.inspections import totals_saying
from findings.inspections.totals import quoted_in
from findings.models import Aspect, Facet, Finding, Inspection, Measure
from findings.work.http import consequence_of
from findings.workflow.editing import EXPIRES
from reports.facts import ReportFacts, SourceKind
from reports.gathering import gather_aspects
from reports.matching import ASPECTS, SUB_FINDINGS, Change, Match, Path, Placed, changes_between, match_all, place_all

LEVELS = {1: "方面", 2: "问题", 3: "分项问题"}
MOST_UNMENTIONED = 20  # of those that the text does not mention: so many are offered beside the likeliest
TITLE_LENGTH = 40  # of the titles in a select
GONE = "{0}：所选的{1}已经不在了，请重新选择。"
TWICE = "{0}和{1}选了同一个{2}，请改选其中一条。"
NO_PLACE = "{0}：它上面的{1}选了“不动”，没有地方可放。请改选其中一条。"


class Choice(StrEnum):
    """What the user lets the text do with one of its parts."""

    NEW = "new"
    UPDATE = "update"
    KEEP = "keep"


@dataclass
class MatchRow:
    """An aspect or finding of the text beside the record that it is: the proposed one, or the one that was chosen.

    ``kept`` names fields that the text says otherwise and that stay, since they quote totals; ``warning`` is what an
    update undoes.
    """

    match: Match
    target: Placed | None
    choice: Choice
    changes: list[Change]
    kept: list[str]
    target_number: str = ""
    warning: str = ""
    options: list[tuple[str, str]] = field(default_factory=list)

    @property
    def path(self) -> Path:
        """Where the text says it."""
        return self.match.said.path

    @property
    def key(self) -> str:
        """Its number in the text, by which its input is named."""
        return self.match.said.number

    @property
    def level(self) -> str:
        """方面, 问题 or 分项问题."""
        return LEVELS[len(self.path)]

    @property
    def words(self) -> str:
        """The name by which messages call it."""
        return f"{self.level} {self.key}“{shorten(self.match.said.facts.title)}”"

    @property
    def state(self) -> str:
        """新增, 更新 or 相同: how the text differs from the record, whatever is chosen."""
        if self.target is None:
            return "新增"
        return "更新" if self.changes else "相同"

    @property
    def target_key(self) -> str:
        """The key of the record that it is compared with; "" for none."""
        return self.target.facts.key if self.target else ""

    @property
    def said_changes(self) -> list[Change]:
        """Everything that the text says."""
        return changes_between(self.match.said, None)

    @property
    def stored_changes(self) -> list[Change]:
        """What is stored as it was chosen: everything that the text says for something new, else the differences."""
        return self.said_changes if self.choice == Choice.NEW else self.changes

    @property
    def chosen(self) -> str:
        """The value of its input: the key of the record to update, ``new`` or ``keep``."""
        return self.target_key if self.choice == Choice.UPDATE else self.choice

    @property
    def is_open(self) -> bool:
        """Whether there is anything to choose: not where the text says what the proposed record says."""
        return bool(self.changes) or self.target is None or self.target != self.match.present

    @property
    def is_update(self) -> bool:
        """Whether it changes a record."""
        return self.choice == Choice.UPDATE and bool(self.changes)


class PresentRecords:
    """The records of an inspection that a text can change, by their keys; four queries."""

    def __init__(self, inspection: Inspection) -> None:
        aspects = {aspect.pk: aspect for aspect in inspection.aspects.all()}
        findings = {finding.pk: finding for finding in Finding.objects.of(inspection)}
        for finding in findings.values():  # known already: numbers and consequences ask for them
            finding.inspection, finding.aspect = inspection, aspects[finding.aspect_id]
            finding.parent = findings[finding.parent_id] if finding.parent_id else None
        self.findings: dict[int, Finding] = findings
        self._records: dict[SourceKind, Mapping[int, Record]] = {
            SourceKind.ASPECT: aspects,
            SourceKind.FINDING: findings,
            SourceKind.FACET: Facet.objects.filter(finding__inspection=inspection).in_bulk(),
            SourceKind.MEASURE: Measure.objects.of(inspection).in_bulk(),
        }

    def get(self, kind: SourceKind, key: str) -> Record | None:
        """The record of a key; None for "", which is one that is not there yet."""
        return self._records[kind][int(key)] if key else None

    def place(self, placed: Placed) -> Aspect | Finding:
        """The record of what is placed in the inspection."""
        kind = SourceKind.ASPECT if len(placed.path) == ASPECTS else SourceKind.FINDING
        record = self.get(kind, placed.facts.key)
        assert isinstance(record, Aspect | Finding)  # noqa: S101 -- for the types: facts of records have their keys
        return record


class MatchPlan:
    """A text beside an inspection as it is now, row by row; making it changes nothing.

    ``sent`` are the inputs of the page, by which the user chose; without them the proposals stand.
    """

    def __init__(self, facts: ReportFacts, inspection: Inspection, sent: Mapping[str, str]) -> None:
        self.inspection, self.sent = inspection, sent
        self.records = PresentRecords(inspection)
        self.present = place_all(gather_aspects(inspection, totals_saying(inspection.pk)))
        self._by_key = {(len(one.path), one.facts.key): one for one in self.present}
        self.errors: list[str] = []
        self.rows = [self._row(match) for match in match_all(place_all(facts.aspects), self.present)]
        self._by_path = {row.path: row for row in self.rows}
        for row in self.rows:
            row.target_number = self._number(row.target) if row.target else ""
            row.warning = self._warning(row)
            row.options = list(self._options(row)) if row.is_open else []
        self.errors += self._contradictions()

    def _row(self, match: Match) -> MatchRow:
        chosen = self.sent.get(f"to-{match.said.number}", "")
        # What is left alone or added is shown beside the proposal.
        is_key = chosen not in {"", Choice.NEW, Choice.KEEP}
        target = self._by_key.get((len(match.said.path), chosen)) if is_key else match.present
        changes, kept = [], []
        for change in changes_between(match.said, target):
            record = self.records.get(change.kind, change.key)
            # A quoted total is shown as a number; storing the text's would replace the quotation by that number.
            is_quoting = record is not None and bool(quoted_in(getattr(record, change.field)))
            kept += [change.heading] if is_quoting else []
            changes += [] if is_quoting else [change]
        choice = Choice.UPDATE if target else Choice.NEW
        row = MatchRow(match, target, Choice(chosen) if chosen and not is_key else choice, changes, kept)
        if is_key and target is None:
            row.choice = Choice.KEEP
            self.errors.append(GONE.format(row.words, row.level))
        return row

    def _warning(self, row: MatchRow) -> str:
        """What an update of this row undoes, or a new sub-finding of its parent; "" for nothing."""
        concerned: list[Finding] = []
        above = self._by_path.get(row.path[:-1])
        if len(row.path) == SUB_FINDINGS and row.choice == Choice.NEW and above and above.target:
            concerned = [self.records.findings[int(above.target_key)]]
        elif len(row.path) > ASPECTS and row.target and row.changes:
            finding = self.records.findings[int(row.target_key)]
            concerned = [finding, *([finding.parent] if finding.parent else [])]
        voids = next(filter(None, map(consequence_of, concerned)), "")
        measures = [self.records.get(one.kind, one.key) for one in row.changes if one.kind == SourceKind.MEASURE]
        is_verified = any(isinstance(one, Measure) and one.status == MeasureStatus.VERIFIED for one in measures)
        return voids + (EXPIRES if is_verified else "")

    def _options(self, row: MatchRow) -> Iterator[tuple[str, str]]:
        """The records of its level that it might be: the chosen one, the likeliest, then the unmentioned ones."""
        unmentioned = [one for one in self.left_over_records if len(one.path) == len(row.path)][:MOST_UNMENTIONED]
        offered = [*([row.target] if row.target else []), *row.match.likely, *unmentioned]
        for one in dict.fromkeys(offered):
            yield one.facts.key, self.label(one)

    def label(self, placed: Placed) -> str:
        """The number and the title of a record of the inspection."""
        return f"{self._number(placed)} {shorten(placed.facts.title, TITLE_LENGTH)}"

    def _number(self, placed: Placed) -> str:
        """The number of a record as other pages write it, which has gaps where records were deleted."""
        record = self.records.place(placed)
        return finding_number(record) if isinstance(record, Finding) else str(record.order)

    def _contradictions(self) -> Iterator[str]:
        """What cannot be done as it was chosen."""
        holders: dict[tuple[int, str], MatchRow] = {}
        for row in self.rows:
            above = self._by_path.get(row.path[:-1])
            if row.choice == Choice.NEW and above and above.choice == Choice.KEEP and not above.target:
                yield NO_PLACE.format(row.words, above.level)
            if row.target and row.choice != Choice.NEW:
                holder = holders.setdefault((len(row.path), row.target_key), row)
                if holder is not row:
                    yield TWICE.format(holder.words, row.words, row.level)

    @cached_property
    def left_over_records(self) -> list[Placed]:
        """What the inspection has and the text does not say; it stays as it is."""
        mentioned = {row.target.path for row in self.rows if row.target}
        return [one for one in self.present if one.path not in mentioned]

    @property
    def unmentioned_labels(self) -> list[str]:
        """The same as the page lists it."""
        return [f"{LEVELS[len(one.path)]} {self.label(one)}" for one in self.left_over_records]

    @property
    def sections(self) -> list[tuple[MatchRow, list[MatchRow]]]:
        """The rows of aspects, each with the rows of its findings."""
        found: list[tuple[MatchRow, list[MatchRow]]] = []
        for row in self.rows:
            if len(row.path) == ASPECTS:
                found.append((row, []))
            else:
                found[-1][1].append(row)
        return found

    @property
    def sums(self) -> list[tuple[str, int]]:
        """How many rows are new, differ and are the same."""
        states = [row.state for row in self.rows]
        return [(state, states.count(state)) for state in ("新增", "更新", "相同")]

    @property
    def rows_to_store(self) -> list[MatchRow]:
        """The rows that create or change a record."""
        return [row for row in self.rows if row.choice == Choice.NEW or row.is_update]

    @property
    def warnings(self) -> list[tuple[str, list[MatchRow]]]:
        """What an import as it is chosen undoes, each with the rows that do it."""
        found: dict[str, list[MatchRow]] = {}
        for row in self.rows_to_store:
            if row.warning:
                found.setdefault(row.warning, []).append(row)
        return list(found.items())

    @property
    def pairs_digest(self) -> str:
        """A digest of which records were compared: another one shows that the user chose others since."""
        return _digest([(row.key, row.target_key) for row in self.rows])

    @property
    def digest(self) -> str:
        """A digest of all differences; with the same ``pairs_digest`` another one shows that a record was changed."""
        changes = [(row.key, [(one.key, one.field, one.ours, one.theirs) for one in row.changes]) for row in self.rows]
        return _digest([changes, self.pairs_digest])


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()
