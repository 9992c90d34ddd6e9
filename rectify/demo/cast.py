"""The units and people of the demo, found by the names they have in its data."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from accounts.models import User
from accounts.sign_in.passwords import generated_password
from findings.factories import make_grant, make_member, make_unit, make_user
from findings.models import Unit
from rectify.demo.accounts import Account

STARTED_ON = dt.date(2024, 3, 1)  # of every membership whose data does not say


@dataclass(frozen=True, slots=True)
class Cast:
    """Units by short name (by name where they have none), people by name."""

    units: dict[str, Unit] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)


def assemble(records: dict[str, Any]) -> tuple[Cast, list[Account]]:
    """Store units, people and memberships; an account with a new password for everybody who holds a role."""
    cast = Cast()
    for order, unit in enumerate(records["units"], start=1):
        parent = cast.units[unit["parent"]] if "parent" in unit else None
        made = make_unit(**unit | {"parent": parent, "order": order})
        cast.units[str(made)] = made
    accounts = []
    for person in records["people"]:
        account = Account.of(person, generated_password()) if "grants" in person else None
        cast.people[person["name"]] = join(person, account, cast)
        if account:
            accounts.append(account)
    return cast, accounts


def join(person: dict[str, Any], account: Account | None, cast: Cast) -> User:
    """Store one person with the posts and roles held; only an account makes it possible to sign in."""
    user = make_user(
        username=person["username"],
        name=person["name"],
        password=account and account.password,
    )
    for post in person["posts"]:
        dates = {"started_on": STARTED_ON} | {name: day for name, day in post.items() if name.endswith("_on")}
        make_member(cast.units[post["unit"]], user, title=post["title"], **dates)
    for grant in person.get("grants", ()):
        make_grant(user, grant["role"], cast.units[grant["within"]] if "within" in grant else None)
    return user
