"""The cost of access rights: list pages for a user who sees everything, for a body's office, and for a unit.

    .venv/bin/python bench/pages.py [measures] [inspections]

Data and measuring are those of bench/lists.py. For a body the rights may cost a quarter of the unfiltered page; a
unit's own part has to be looked up first, which may double it. The overview is that of an inspection in which
everything is the unit's: for a large one users who see all get no tree but numbers.
"""

from __future__ import annotations

import sys

from bench import lists, scratch  # isort: skip  # they set the environment, from which Django reads its settings

from django.core.management import call_command
from django.db import connection
from django.test import Client

from accounts.models import User
from findings.factories import make_grant, make_inspection, make_member, make_user
from findings.models import Inspection, Unit
from tests.raw_writes import unchecked_writes

BOUNDS = {"everything": 1.0, "a body": 1.25, "a unit": 2.0}  # × the page of somebody who sees everything


def reporter(unit: Unit) -> User:
    """Create a user who reports for a unit."""
    user = make_user()
    make_member(unit, user)
    make_grant(user, "reporter", unit)
    return user


def median(client: Client, address: str) -> float:
    """The median response time of a page in milliseconds."""
    return lists.time_rounds(lambda: client.get(address)).median


def main(measures: int = 100_000, inspections: int = 10) -> int:
    """Print each page's median for three users; 1 when the rights cost more than their bound."""
    call_command("migrate", verbosity=0)
    if Inspection.objects.exists():
        print("The database already holds inspections; give the bench one of its own.")
        return 2
    inspection = lists.build(measures, inspections)
    with unchecked_writes():
        body, unit = Unit.objects.create(name="被巡察单位", order=999), Unit.objects.order_by("pk")[7]
    theirs = make_inspection()
    lists.fill(theirs, [unit], 400)
    with unchecked_writes():
        Inspection.objects.update(unit=body)
    clerk = make_user()
    make_grant(clerk, "office", body)
    people = {
        "everything": make_user(role="office"),
        "a body": clerk,
        "a unit": reporter(unit),
    }
    clients = {}
    for name, user in people.items():
        clients[name] = Client()
        clients[name].force_login(user)
    print(f"{connection.vendor}, {measures} measures in {inspections} inspections; median milliseconds")
    kept = True
    pages = ("findings/", "findings/?sort=due", "measures/", "measures/?sort=number", "measures/?overdue=on")
    for address in (*(f"/inspections/{inspection.pk}/{page}" for page in pages), f"/inspections/{theirs.pk}/"):
        times = {name: median(client, address) for name, client in clients.items()}
        ratios = {name: milliseconds / times["everything"] for name, milliseconds in times.items()}
        is_kept = all(ratios[name] <= bound for name, bound in BOUNDS.items())
        kept &= is_kept
        line = "  ".join(f"{name} {times[name]:6.1f} ({ratios[name]:.2f}× ≤ {BOUNDS[name]:g})" for name in people)
        print(f"{'ok  ' if is_kept else 'OVER'} {address:<40} {line}")
    return 0 if kept else 1


if __name__ == "__main__":
    scratch.run(lambda: main(*map(int, sys.argv[1:])))
