"""The next free number of a new record among its siblings."""

from __future__ import annotations

from itertools import count

from accounts.audit.events import wait_for_turn
from accounts.versions import Record, model_of

LARGEST = 32_767  # of a small integer


def take_number(record: Record) -> None:
    """Give a new record without ``order`` the number after its last sibling, in the transaction that stores it.

    The trail's lock, which every writer holds until its commit, keeps others from taking the same number: whoever
    waits for it sees the number that was taken before.
    """
    if not record.numbered_within or record.order is not None:  # type: ignore[attr-defined]  # numbered models have it
        return
    wait_for_turn()
    siblings = model_of(record)._base_manager.filter(
        **{name: getattr(record, f"{name}_id") for name in record.numbered_within}
    )
    taken = set(siblings.values_list("order", flat=True))
    following = max(taken, default=0) + 1
    record.order = (  # type: ignore[attr-defined]
        following if following <= LARGEST else next(number for number in count(1) if number not in taken)
    )
