"""The audit trail: the one function that writes it.

For what succeeded ``record`` is called inside the transaction of the change, so that neither exists without the other;
for what was refused or failed, outside of it, so that the row survives the rollback.
"""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from accounts.models import Action, Event, Result, User
from accounts.origins import current


def record(  # noqa: PLR0913 -- each is a column
    action: Action,
    on: models.Model | None = None,
    *,
    result: Result = Result.DONE,
    before: int | None = None,
    after: int | None = None,
    reason: str = "",
    user: User | None = None,
) -> Event:
    """Write down what is done now, on which record, from which of its versions to which; by ``user`` or the request's.

    Raises what the database raises: an action that cannot be written down must not take place.
    """
    origin = current()
    user = user or origin.user
    role, unit = standing(user)
    return Event.objects.create(
        at=timezone.now(),
        user=user,
        who=(str(user) if user else origin.who)[:120],
        role=role[:200],
        unit=unit[:300],
        address=origin.address,
        request_id=origin.request_id,
        action=action,
        result=result,
        record_type=on._meta.label_lower if on is not None else "",
        record_id=on.pk if on is not None else None,
        record_words=str(on)[:200] if on is not None else "",
        version_before=before,
        version_after=after,
        reason=reason[:500],
    )


def standing(user: User | None) -> tuple[str, str]:
    """The roles and the units a person holds at this moment, in words."""
    if user is None:
        return "", ""
    grants = list(user.grants.select_related("unit"))
    roles = dict.fromkeys(grant.held.label for grant in grants)
    units = dict.fromkeys(str(grant.unit) for grant in grants if grant.unit)
    return "、".join(roles), "、".join(units)
