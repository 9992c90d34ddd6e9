"""The demo's units and people, by their names in the data."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.hashers import PBKDF2PasswordHasher, get_hasher

from accounts.models import User
from accounts.records.saving import account_writer
from accounts.sign_in.passwords import generated_password
from findings.factories import make_grant, make_member, make_unit
from findings.models import Unit
from rectify.demo.accounts import Account

DEFAULT_START = dt.date(2024, 3, 1)  # of every membership whose data does not say
# A slow hash protects passwords that people choose. These are 16 random characters (73 bits), and eighteen slow hashes
# are a third of the time it takes to load the demo. Django replaces each by a slow one at the first sign-in.
HASH_ITERATIONS = 1000


@dataclass(frozen=True, slots=True)
class Directory:
    """Units by short name (full name where they have none), and people by name."""

    units: dict[str, Unit] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)


def create_people(records: dict[str, Any]) -> tuple[Directory, list[Account]]:
    """Create units, people and memberships; an account with a new password for each person with a role."""
    directory = Directory()
    create_units(records["units"], directory)
    accounts = []
    for person in records["people"]:
        account = Account.of(person, generated_password()) if "grants" in person else None
        directory.people[person["name"]] = create_person(person, account, directory)
        if account:
            accounts.append(account)
    return directory, accounts


def create_units(records: list[dict[str, Any]], directory: Directory) -> None:
    """Create the units in the order of the data, parents first, and enter them into the directory."""
    for order, record in enumerate(records, start=1):
        parent = directory.units[record["parent"]] if "parent" in record else None
        unit = make_unit(**record | {"parent": parent, "order": order})
        directory.units[str(unit)] = unit


def create_person(record: dict[str, Any], account: Account | None, directory: Directory) -> User:
    """Create one person with posts and roles; without an account nobody can sign in as them."""
    user = User.objects.build_user(username=record["username"], name=record["name"])
    if account:
        user.password = hash_password(account.password)
    account_writer.create(user)
    for post in record["posts"]:
        dates = {"started_on": DEFAULT_START} | {name: day for name, day in post.items() if name.endswith("_on")}
        make_member(directory.units[post["unit"]], user, title=post["title"], **dates)
    for grant in record.get("grants", ()):
        make_grant(user, grant["role"], directory.units[grant["within"]] if "within" in grant else None)
    return user


def hash_password(password: str) -> str:
    """A hash of a random password that is quick to compute."""
    hasher = get_hasher()
    if isinstance(hasher, PBKDF2PasswordHasher):
        return hasher.encode(password, hasher.salt(), HASH_ITERATIONS)
    return hasher.encode(password, hasher.salt())
