"""The classes of a table of transitions: a row, its parts, and a step while it is taken.

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
    """A step cannot be taken; ``sentences`` (Chinese, for the page) say why."""

    def __init__(self, sentences: Sequence[str]) -> None:
        self.sentences = list(sentences)
        super().__init__("".join(self.sentences))


@dataclass(frozen=True)
class StepInput:
    """What the user enters with a step.

    ``completion`` and ``seen_digest`` (of the content on the signer's page) belong to a sign-off, ``day`` to a step of
    a ledger entry that ends the work.
    """

    comment: str = ""
    completion: str = ""
    seen_digest: str = ""
    day: dt.date | None = None


@dataclass(frozen=True)
class StepRecipients:
    """The users who are notified of a step, sorted by name, and the stage of review that it opens, if any."""

    people: tuple[User, ...] = ()
    stage: ReviewStage | None = None


@dataclass(frozen=True)
class RecipientRule(Generic[R]):
    """Who is notified of a step: ``label`` names them on the button, ``find`` finds them before the step is taken."""

    label: str
    find: Callable[[R, User | None], StepRecipients]


@dataclass(frozen=True)
class StepNotice:
    """The sentence of a notice, with ``{name}``, ``{user}``, ``{stage}`` and the values that the model's rules add.

    It names the record and quotes no comment or opinion, because it is also sent by e-mail. ``words_with_stage`` is
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
    # Frozen, so that all steps can share the default.
    recipients: StepRecipients = StepRecipients()
    log_row: Step | None = None

    @property
    def actor(self) -> User:
        """The user of a step that only users take; ValueError when a command took it."""
        if self.user is None:
            raise ValueError(f"{self.transition.name} has no user")
        return self.user

    @property
    def reason(self) -> str:
        """The reason for the trail: the label of the step and, after a colon, the comment."""
        label, comment = self.transition.label, self.step_input.comment
        return f"{label}：{comment}" if comment else label


class StepRules(ABC, Generic[R]):
    """What differs between the models of the engine: the status field, the rights, the words and the log."""

    model: type[R]
    status_field = "status"

    @abstractmethod
    def has_right(self, user: User, right: Right, record: R) -> bool:
        """Whether the user has the right over the record."""

    @abstractmethod
    def status_label(self, record: R, status: str) -> str:
        """The label of a status for this record."""

    def status_of(self, record: R) -> str:
        """The code of the record's status."""
        return str(getattr(record, self.status_field))

    def right_refusal(self, right: Right, _record: R) -> str:
        """The sentence (Chinese) for a user without the right."""
        return refusal(right)

    def state_refusal(self, transition: Transition[R], record: R) -> str:
        """The sentence (Chinese) for a step that does not start from the present status."""
        return f"现在是“{self.status_label(record, self.status_of(record))}”，不能{transition.label}。"

    def comment_label(self, transition: Transition[R]) -> str:
        """The label of the comment field of a step: a reason (理由) when it goes back, an opinion (意见) otherwise."""
        return "意见" if transition.is_forward else "理由"

    def notice_values(self, record: R) -> dict[str, str]:
        """The values of the placeholders in the sentence of a notice; ``user`` and ``stage`` are added to them."""
        return {"name": short_name(record)}

    def notice_target(self, record: R) -> dict[str, Any]:
        """The page that a notice opens: the arguments ``finding``, ``measure`` or ``address`` of ``notify``."""
        return {}

    def log(self, step: TakenStep[R]) -> Step | None:
        """Write the step into the model's own log, beside the history and the trail; None when the model has no log."""
        return None


@dataclass(frozen=True)
class Transition(Generic[R]):
    """One row of a table: a step with the records of one model, and everything that is stated about it.

    ``sources`` are the statuses from which it starts; a step without any creates a new record. ``right`` is None for a
    step that only the system takes. ``input_check`` returns sentences against the input and may raise ConflictError.
    ``effects`` change the record before it is saved, ``after_save`` run after that in the same transaction. ``before``
    and ``after`` are whole sentences (Chinese) for the page; ``{}`` stands for the record.
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
        """The model of the records with which the step is taken."""
        return self.rules.model

    @property
    def is_sign_off(self) -> bool:
        """Whether the step signs a content: its page then shows the content and asks for the degree of completion."""
        return self.action == Action.SIGN_OFF

    @property
    def creates_record(self) -> bool:
        """Whether the step creates its record."""
        return not self.sources

    def starts_from(self, record: R) -> bool:
        """Whether the step starts from the present status or, for an unsaved record, creates it."""
        # Django's own flag: a key can be set on a record that is not stored.
        if record._state.adding or self.creates_record:
            return record._state.adding and self.creates_record
        return self.rules.status_of(record) in self.sources

    def is_permitted(self, record: R, user: User) -> bool:
        """Whether the user may take the step; False for everyone when only the system takes it."""
        # Without a right the step is the system's (``execution.perform_consequence``).
        return self.right is not None and self.rules.has_right(user, self.right, record)

    def objections_to(self, record: R, user: User) -> list[str]:
        """The sentences (Chinese) of the row's objections, in their order; empty when nothing is against the step."""
        return [sentence for objection in self.objections for sentence in objection(record, user)]

    def find_recipients(self, record: R, user: User | None) -> StepRecipients:
        """The users to notify when the user takes the step, found before the record changes; never the user."""
        return self.recipients.find(record, user) if self.recipients else StepRecipients()


@dataclass(frozen=True)
class AvailableStep(Generic[R]):
    """A step that the user may take in the present status, with the objections that still stand against it."""

    transition: Transition[R]
    objections: tuple[str, ...]
