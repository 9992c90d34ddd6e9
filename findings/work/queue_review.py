"""What a reviewer compares in a reported measure: what has changed since it was last sent back, and its figures."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import dropwhile, takewhile

from findings.choices import MeasureStatus
from findings.inspections.models.measures import Measure
from findings.inspections.totals import BY_KEY
from findings.work.text_differences import Piece, compare_texts
from findings.workflow import StepName
from findings.workflow.models.signoffs import Step


@dataclass(frozen=True)
class MeasureReview:
    """The outcome in pieces, the step that last sent the measure back (None: never), and the figures it quotes."""

    pieces: list[Piece]
    returned: Step | None
    figures: list[str]

    @property
    def since(self) -> dt.datetime | None:
        """When it was sent back."""
        return self.returned.taken_at if self.returned else None

    @property
    def is_changed(self) -> bool:
        """Whether the outcome says something else than what was sent back."""
        return any(piece.kind != "same" for piece in self.pieces)


def review_measure(measure: Measure) -> MeasureReview:
    """Compare a measure with what it said when it was last sent back; two queries, and one for each ledger quoted."""
    backs = measure.steps.filter(transition=StepName.SEND_BACK).select_related("taken_by")
    returned = backs.order_by("-pk").first()
    saying = measure.inspection.saying
    outcome = saying(measure.outcome)
    before = _outcome_sent_back(measure) if returned else None
    # Both with the present numbers: a total that has grown is no change of the text.
    pieces = [Piece("same", outcome)] if before is None else compare_texts(saying(before), outcome)
    figures = [BY_KEY[key].render(number) for key, number in saying.quoted_totals(measure.outcome).items()]
    return MeasureReview(pieces, returned, figures)


def _outcome_sent_back(measure: Measure) -> str | None:
    """The outcome as it was when the measure was last sent back; None when its history does not tell."""
    versions = Measure.field_history.rows.filter(id=measure.pk).order_by("-history_id").values_list("status", "outcome")
    later = dropwhile(lambda version: version[0] != MeasureStatus.SENT_BACK, versions)
    # The first of these versions was written by the step itself, with the text that was sent back.
    sent_back = list(takewhile(lambda version: version[0] == MeasureStatus.SENT_BACK, later))
    return sent_back[-1][1] if sent_back else None
