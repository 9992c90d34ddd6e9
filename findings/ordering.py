"""Moving a record up or down among its siblings."""

from __future__ import annotations

from itertools import count
from typing import Any

from django.db import models, transaction


def move(record: models.Model, siblings: models.QuerySet[Any], step: int) -> bool:
    """Swap numbers with the neighbour above (step -1) or below (+1); False when there is none.

    The numbers are unique in the database, so the record waits on an unused number while its neighbour moves. On
    PostgreSQL the rows are locked; on SQLite every transaction of ours that is going to write is alone.
    """
    with transaction.atomic():
        orders = dict(siblings.select_for_update().order_by("order", "pk").values_list("pk", "order"))
        keys = list(orders)
        place = keys.index(record.pk) + step if record.pk in orders else -1
        if not 0 <= place < len(keys):
            return False
        neighbour = keys[place]
        used = set(orders.values())
        unused = next(number for number in count() if number not in used)
        for pk, order in ((record.pk, unused), (neighbour, orders[record.pk]), (record.pk, orders[neighbour])):
            siblings.filter(pk=pk).update(order=order)
    return True
