"""The queue of whoever verifies, reviews and signs: the list, one thing beside it, and one act for several."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.changes import ConflictError
from accounts.roles import Right
from findings import workflow
from findings.choices import Completion
from findings.deadlines import Lights
from findings.models import Inspection, Measure
from findings.models.signoffs import content_of, digest_of
from findings.queue import Item, queue_of
from findings.signed import differences
from findings.views.pages import PageRequest, key_in, requires, shortened
from findings.views.steps import signed_parts

AGREED = "情况属实，佐证齐全，同意。"


@dataclass(frozen=True)
class Outcome:
    """What became of one row: the words, and whether it was done."""

    title: str
    words: str
    is_done: bool


@requires(Right.VERIFY_WORK, Right.REVIEW, Right.CLOSE)
def queue(request: PageRequest) -> HttpResponse:
    """What waits; a POST takes the step for the current or all ticked rows, each by itself, with what came of it."""
    inspection = key_in(request.GET.get("inspection", ""))
    items = queue_of(request.user, inspection)
    outcomes: list[Outcome] = []
    at = request.GET.get("at", "")
    if request.method == "POST":
        current = request.POST.get("current", "")
        chosen = request.POST.getlist("item") or [current]
        outcomes = [act(request, key, items) for key in chosen]
        done = {key.rpartition("-")[0] for key, outcome in zip(chosen, outcomes, strict=True) if outcome.is_done}
        at = following(items, current.rpartition("-")[0], done)
        items = queue_of(request.user, inspection)
    status = 200 if all(outcome.is_done for outcome in outcomes) else 409
    context = page(request, items, at, inspection) | {"outcomes": outcomes}
    return render(request, "findings/queue.html", context, status=status)


def page(request: PageRequest, items: list[Item], at: str, inspection: int) -> dict[str, Any]:
    """The list and the current thing in it."""
    place = next((place for place, item in enumerate(items) if item.key == at), 0)
    current = items[place] if items else None
    around = {
        "before": items[place - 1].key if place else "",
        "after": items[place + 1].key if place + 1 < len(items) else "",
    }
    return {
        "items": items,
        "current": current,
        "place": place + 1,
        "detail": detail(request, current) if current else {},
        "completions": completions(current),
        "agreed": request.POST.get("comment", AGREED) if request.POST.get("act") == "agree" else AGREED,
        "reason": request.POST.get("reason", ""),
        "inspection_pk": inspection,
        "inspections": Inspection.objects.visible_to(request.user).order_by("-pk")[:50],
    } | {name: address(key, inspection) if key else "" for name, key in around.items()}


def address(key: str, inspection: int) -> str:
    """The address of one thing in the list."""
    return f"{reverse('findings:queue')}?{urlencode({'at': key} | ({'inspection': inspection} if inspection else {}))}"


def completions(item: Item | None) -> list[tuple[str, str]]:
    """How far a finding may have been rectified, in its inspection's words."""
    if item is None or item.step.name != "close":
        return []
    return [(one.value, item.record.inspection.completion_word(one.value)) for one in Completion]


def detail(request: PageRequest, item: Item) -> dict[str, Any]:
    """What is to be looked at before deciding."""
    record = item.record
    lights = Lights.of(record.inspection)
    if isinstance(record, Measure):
        evidence = record.evidence.live().select_related("file").order_by("number")
        progress = record.progress.select_related("logged_by")
        return {"lights": lights, "evidence": evidence, "progress": progress}
    last = record.signoffs.first()
    since = differences(last, record) if last else []
    evidence = record.evidence.live().select_related("file").order_by("number")
    digest = digest_of(content_of(record)) if item.step.name == "close" else ""
    parts = {"lights": lights, "evidence": evidence, "since": since, "seen_digest": digest}
    return parts | signed_parts(record, request.user)


def following(items: list[Item], current: str, gone: set[str]) -> str:
    """The next thing after the current one that is still to be decided."""
    keys = [item.key for item in items]
    start = keys.index(current) if current in keys else 0
    return next((key for key in keys[start:] + keys[:start] if key not in gone), "")


def act(request: PageRequest, key: str, items: list[Item]) -> Outcome:
    """Take the step with one row, as it was seen; the sentence says why not."""
    kind_and_pk, _, version = key.rpartition("-")
    item = next((item for item in items if item.key == kind_and_pk), None)
    if item is None:
        return Outcome("", "已不在待办之列，可能刚由别人办理。", is_done=False)
    sends_back = request.POST.get("act") == "back"
    name = item.back if sends_back else item.step.name
    comment = request.POST.get("reason" if sends_back else "comment", "").strip()
    given = workflow.Given(comment, request.POST.get("completion", ""), request.POST.get("seen_digest", ""))
    title = shortened(item.title)
    try:
        workflow.perform(name, item.record, request.user, key_in(version), given)
    except workflow.RefusedError as refused:
        return Outcome(title, "".join(refused.sentences), is_done=False)
    except ConflictError as conflict:
        return Outcome(title, f"没有办理：{conflict}请重新核对。", is_done=False)
    return Outcome(title, "已退回" if sends_back else f"已{item.step.label}", is_done=True)
