"""Moving a record up or down among its siblings."""

from __future__ import annotations

from itertools import count
from typing import Any

from django.db import models, transaction

from accounts.audit.events import wait_for_turn
from accounts.audit.models import Action
from accounts.records.saving import ConflictError, RecordWriter, bump_version
from accounts.write_guard import allow_writes


def move(writer: RecordWriter, record: models.Model, siblings: models.QuerySet[Any], step: int) -> bool:
    """Swap ``order`` with the neighbour above (step -1) or below (+1); False when there is none.

    Both records get a new version. Raises ConflictError when another user changes one of them at the same time.
    """
    with transaction.atomic():
        orders = dict(siblings.order_by("order", "pk").values_list("pk", "order"))
        keys = list(orders)
        place = keys.index(record.pk) + step if record.pk in orders else -1
        if not 0 <= place < len(keys):
            return False
        _swap(writer, siblings, record.pk, keys[place], set(orders.values()))
    return True


def _swap(writer: RecordWriter, siblings: models.QuerySet[Any], pk: int, other_pk: int, used: set[int]) -> None:
    pair = siblings.in_bulk([pk, other_pk])
    if len(pair) < 2:
        raise ConflictError(siblings.model(pk=pk if pk not in pair else other_pk), None, Action.MOVE)
    for key in sorted(pair):  # always in the same order, so that two swaps cannot deadlock
        bump_version(pair[key], Action.MOVE)
    wait_for_turn()  # before the first write, for the reason given in ``write_version``
    record, neighbour = pair[pk], pair[other_pk]
    # The numbers are unique in the database: the record takes an unused one until its neighbour has moved.
    with allow_writes():
        siblings.filter(pk=pk).update(order=next(number for number in count() if number not in used))
    record.order, neighbour.order = neighbour.order, record.order
    writer.save_version(neighbour, Action.MOVE, reason=f"与“{str(record)[:60]}”互换序号")
    writer.save_version(record, Action.MOVE)
