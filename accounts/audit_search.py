"""Search in the audit trail, with pages whose cost does not grow with the trail.

The most selective condition that has an index chooses the events; all other conditions are applied to at most
``SCANNED`` of them for one page, and the page says how far back it has searched.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.apps import apps
from django.db.models import Q
from django.http import QueryDict

from accounts.audit.csv_export import between
from accounts.audit.models import Action, Event, EventQuerySet, Result
from accounts.users.models.users import User
from accounts.web.filters import invalid_values
from accounts.web.forms import PageForm

PER_PAGE = 50
SCANNED = 20_000  # events searched without an index for one page
Chip = tuple[str, str, str, bool]
ALL = [("", "全部")]


def search_input(hint: str) -> forms.TextInput:
    """A search box with ``hint`` as its placeholder."""
    return forms.TextInput(attrs={"type": "search", "placeholder": hint})


class TrailFilter(PageForm):
    """The filters of the trail. With a value that is not valid nothing matches; ``problems`` reports it."""

    person = forms.CharField(label="人员", max_length=60, required=False, widget=search_input("姓名或用户名"))
    action = forms.ChoiceField(label="操作", choices=[*ALL, *Action.choices], required=False)
    result = forms.ChoiceField(label="结果", choices=[*ALL, *Result.choices], required=False)
    object = forms.CharField(label="对象", max_length=60, required=False, widget=search_input("名称或类别"))
    since = forms.DateField(label="起始日期", required=False)
    until = forms.DateField(label="截止日期", required=False)
    request = forms.CharField(label="请求编号", max_length=32, required=False)

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        self.full_clean()

    @property
    def problems(self) -> list[str]:
        """The sentences about the values that are not valid; empty when all are."""
        return invalid_values(self)

    @property
    def values(self) -> dict[str, Any]:
        """The values that are not empty, by field name."""
        return {name: value for name, value in self.cleaned_data.items() if value}

    def chips(self) -> list[Chip]:
        """The active filters as (parameter, label, value as displayed, whether it is valid)."""
        chips = []
        for name, control in self.fields.items():
            if raw := str(self.data.get(name, "")).strip():
                choices = dict(control.widget.choices) if isinstance(control, forms.ChoiceField) else {}
                chips.append((name, str(control.label), str(choices.get(raw, raw)), name not in self.errors))
        return chips

    def summary(self) -> str:
        """The active filters as text for the trail's own event; of free text only the label, never what was typed."""
        # Exactly CharField: its subclasses are choices and dates, whose values are not free text.
        typed = {name for name, control in self.fields.items() if type(control) is forms.CharField}
        return "，".join(label if name in typed else f"{label}：{words}" for name, label, words, _ in self.chips())


@dataclass(frozen=True, slots=True)
class Found:
    """One page of events, newest first; ``older`` is the number after which the next page continues, None at the end.

    ``looked_back_to`` is the last event searched when ``SCANNED`` was reached before the page was full, else None.
    """

    events: list[Event] = field(default_factory=list)
    older: int | None = None
    looked_back_to: Event | None = None


def search(asked: dict[str, Any], before: int | None = None) -> Found:
    """The newest matching events, or those older than the event numbered ``before``; at most ``PER_PAGE``."""
    indexed, rest = parts(asked)
    events = indexed.order_by("-at", "-number")
    if before is not None and (start := Event.objects.filter(number=before).first()):
        events = events.filter(_earlier(start), at__lte=start.at)  # ``at`` again: the OR alone uses no index
    edge = None
    if rest:
        # The conditions without an index are applied to no more than SCANNED events.
        beyond = list(events[SCANNED - 1 : SCANNED + 1])
        edge = beyond[0] if len(beyond) == 2 else None
        if edge:
            events = events.exclude(_earlier(edge)).filter(at__gte=edge.at)
        events = events.filter(rest)
    page = list(events[: PER_PAGE + 1])
    if len(page) > PER_PAGE:
        return Found(page[:PER_PAGE], older=page[PER_PAGE - 1].number)
    return Found(page, older=edge.number if edge else None, looked_back_to=edge)


def _earlier(event: Event) -> Q:
    """The events below this one in the list: older, or of the same moment with a smaller number."""
    return Q(at__lt=event.at) | Q(at=event.at, number__lt=event.number)


def matching(asked: dict[str, Any]) -> EventQuerySet:
    """All matching events, without the limit of ``search``; for the export."""
    indexed, rest = parts(asked)
    return indexed.filter(rest)


def parts(asked: dict[str, Any]) -> tuple[EventQuerySet, Q]:
    """The events by days and the most selective indexed condition, and the condition that remains to be checked.

    In order of preference: request, one person, action, result. ``asked`` has the keys of ``TrailFilter``.
    """
    indexed = between(asked.get("since"), asked.get("until"))
    conditions = [
        Q(request_id=asked["request"]) if "request" in asked else Q(),
        by_person(asked["person"]) if "person" in asked else Q(),
        Q(action=asked["action"]) if "action" in asked else Q(),
        Q(result=asked["result"]) if "result" in asked else Q(),
    ]
    # Only a single comparison can use one index; ``by_person`` gives an OR when several people match.
    narrow = next((condition for condition in conditions if len(condition) == 1), Q())
    rest = Q(*(condition for condition in conditions if condition is not narrow))
    if "object" in asked:
        rest &= Q(record_words__icontains=asked["object"]) | Q(record_type__in=types_called(asked["object"]))
    return indexed.filter(narrow), rest


def by_person(words: str) -> Q:
    """Events of the one user with exactly this name or user name, else of all whose names contain these words.

    Events without a user are matched by the name written in them. At most two queries for the users.
    """
    named = Q(name=words) | Q(username=User.normalize_username(words))
    exact = list(User.objects.filter(named).values_list("pk", flat=True)[:2])
    if len(exact) == 1:
        return Q(user_id=exact[0])
    similar = User.objects.filter(Q(name__icontains=words) | Q(username__icontains=words))
    return Q(user_id__in=list(similar.values_list("pk", flat=True))) | Q(user=None, who__icontains=words)


def types_called(words: str) -> list[str]:
    """The types (app_label.model) of the models with that Chinese name."""
    return [model._meta.label_lower for model in apps.get_models() if str(model._meta.verbose_name) == words]
