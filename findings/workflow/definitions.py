"""What one row of a table of transitions consists of, and what a step is while it is taken.

Nothing here is about findings: publications, extension requests and ledger entries have tables of the same kind.
"""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from accounts.models import Action, Record, User
from accounts.users.roles import Right, refusal
from findings.choices import NoticeKind
from findings.notifications.models.notices import short_name
from findings.workflow.models.signoffs import ReviewStage, Step

R = TypeVar("R", bound=Record)
BY_SYSTEM_ALONE = "这一步只在内容改动时由系统办理。"


class RefusedError(Exception):
    """A step cannot be taken; the sentences (Chinese) say why."""

    def __init__(self, sentences: Sequence[str]) -> None:
        self.sentences = list(sentences)
        super().__init__("".join(self.sentences))


@dataclass(frozen=True)
class StepInput:
    """What the user enters with a step.

    ``completion`` and ``seen_digest`` (of the content on the signer's page) belong to a sign-off, ``day`` to a step
    of a ledger entry that ends the work.
    """

    comment: str = ""
    completion: str = ""
    seen_digest: str = ""
    day: dt.date | None = None


@dataclass(frozen=True)
class StepRecipients:
    """The people who are told of a step, sorted by name, and the stage of review that it opens."""

    people: tuple[User, ...] = ()
    stage: ReviewStage | None = None


@dataclass(frozen=True)
class RecipientRule(Generic[R]):
    """Who is told of a step: in words for the button, and as the function that finds them before it is taken."""

    label: str
    find: Callable[[R, User | None], StepRecipients]


@dataclass(frozen=True)
class StepNotice:
    """The sentence of a notice, with ``{name}``, ``{user}``, ``{stage}`` and what the rules of the model add.

    It names the record and nothing of what was said about it, because it goes into e-mails. ``words_with_stage`` is
    used when the step opens a stage of review.
    """

    kind: NoticeKind
    words: str
    words_with_stage: str = ""


@dataclass
class TakenStep(Generic[R]):
    """One step while it is taken; effects change its record and read the rest. ``user`` is None for a command."""

    transition: Transition[R]
    record: R
    user: User | None
    step_input: StepInput
    at: dt.datetime
    source: str = ""
    recipients: StepRecipients = StepRecipients()
    log_row: Step | None = None

    @property
    def actor(self) -> User:
        """The user who takes a step that nobody but a user takes; ValueError when a command did."""
        if self.user is None:
            raise ValueError(f"{self.transition.name} has no user")
        return self.user

    @property
    def reason(self) -> str:
        """What the trail says of it."""
        label, comment = self.transition.label, self.step_input.comment
        return f"{label}：{comment}" if comment else label


class StepRules(ABC, Generic[R]):
    """What the engine asks about the records of one model, whatever the step."""

    model: type[R]
    status_field = "status"

    @abstractmethod
    def has_right(self, user: User, right: Right, record: R) -> bool:
        """Whether the user has a right over a record."""

    @abstractmethod
    def status_label(self, record: R, status: str) -> str:
        """A status as pages name it for this record."""

    def status_of(self, record: R) -> str:
        """The status of a record."""
        return str(getattr(record, self.status_field))

    def right_refusal(self, right: Right, _record: R) -> str:
        """The sentence for a user without the right."""
        return refusal(right)

    def state_refusal(self, transition: Transition[R], record: R) -> str:
        """The sentence for a step that does not start from the present status."""
        return f"现在是“{self.status_label(record, self.status_of(record))}”，不能{transition.label}。"

    def comment_label(self, transition: Transition[R]) -> str:
        """What the comment of a step is called."""
        return "意见" if transition.is_forward else "理由"

    def notice_values(self, record: R) -> dict[str, str]:
        """What the sentence of a notice may name."""
        return {"name": short_name(record)}

    def notice_target(self, record: R) -> dict[str, Any]:
        """What a notice opens: the arguments ``finding``, ``measure`` or ``address`` of ``tell``."""
        return {}

    def log(self, step: TakenStep[R]) -> Step | None:
        """Write the step into a log of its own, beside the history and the trail."""
        return None


@dataclass(frozen=True)
class Transition(Generic[R]):
    """One row of a table: a step with the records of one model, and everything that is said about it.

    ``sources`` are the statuses it starts from; a step without any makes a new record. ``right`` is None for a step
    that nobody takes by hand. ``input_check`` looks at what was entered and may raise ConflictError. ``effects``
    change the record before it is saved, ``after_save`` is what follows from it. ``before`` and ``after`` are whole
    sentences (Chinese) for the page: ``{}`` is the record itself.
    """

    name: str
    label: str
    rules: StepRules[R]
    sources: frozenset[str]
    target: str
    right: Right | None
    objections: tuple[Callable[[R, User], Sequence[str]], ...] = ()
    needs_comment: bool = False
    is_forward: bool = True  # towards the end of the work
    action: Action = Action.STEP  # as the trail names it
    input_check: Callable[[R, StepInput], Sequence[str]] | None = None
    effects: tuple[Callable[[TakenStep[R]], None], ...] = ()
    after_save: tuple[Callable[[TakenStep[R]], None], ...] = ()
    recipients: RecipientRule[R] | None = None
    notice: StepNotice | None = None
    before: str = ""
    after: str = ""

    @property
    def model(self) -> type[R]:
        """The model of its records."""
        return self.rules.model

    @property
    def is_sign_off(self) -> bool:
        """Whether it signs a content, so that the page shows it and asks how far the finding was rectified."""
        return self.action == Action.SIGN_OFF

    @property
    def creates_record(self) -> bool:
        """Whether it makes a new record."""
        return not self.sources

    def starts_from(self, record: R) -> bool:
        """Whether it can be taken with a record as it stands."""
        if record._state.adding or self.creates_record:
            return record._state.adding and self.creates_record
        return self.rules.status_of(record) in self.sources

    def is_permitted(self, record: R, user: User) -> bool:
        """Whether the user may take it."""
        return self.right is not None and self.rules.has_right(user, self.right, record)

    def objections_to(self, record: R, user: User) -> list[str]:
        """Everything in the record that is against it, in sentences."""
        return [sentence for objection in self.objections for sentence in objection(record, user)]

    def find_recipients(self, record: R, user: User | None) -> StepRecipients:
        """The people who are told when the user takes it with the record as it stands before; never the user."""
        return self.recipients.find(record, user) if self.recipients else StepRecipients()


@dataclass(frozen=True)
class AvailableStep(Generic[R]):
    """A step that a user may take in the present state, with what is still against it."""

    transition: Transition[R]
    objections: tuple[str, ...]
