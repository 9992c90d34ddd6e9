"""Steps that were taken under the old names: migrated, and back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from findings.factories import make_measure, make_user
from findings.models import Step

pytestmark = pytest.mark.django_db(transaction=True)
BEFORE, AFTER = ("findings", "0001_initial"), ("findings", "0002_step_names")
OF_MEASURE = {
    "start": "start",
    "report": "report",
    "take_back": "withdraw",
    "verify": "verify",
    "lapse": "expire_verification",
    "return": "send_back",
}
OF_FINDING = {
    "begin": "start",
    "submit": "submit",
    "withdraw": "withdraw",
    "review": "review",
    "close": "close",
    "send_back": "send_back",
    "reopen": "reopen",
}


def migrate(to: tuple[str, str]) -> Any:
    """Bring the database to a migration; its models as they were then."""
    executor = MigrationExecutor(connection)
    executor.migrate([to])
    return executor.loader.project_state([to]).apps


@pytest.fixture
def _latest_after_all() -> Iterator[None]:
    """Other tests meet the database as they know it."""
    yield
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def names(apps: Any) -> Counter[tuple[bool, str]]:
    """The names of the steps, those with a measure apart."""
    rows = apps.get_model("findings", "Step").objects.values_list("measure", "transition")
    return Counter((measure is not None, name) for measure, name in rows)


@pytest.mark.usefixtures("_latest_after_all")
def test_each_old_name_becomes_the_new_one_and_comes_back() -> None:
    measure, user = make_measure(), make_user()
    old = migrate(BEFORE)
    step = old.get_model("findings", "Step")
    for key, table in ((measure.pk, OF_MEASURE), (None, OF_FINDING)):
        for name in table:
            by, stage = (None if name == "lapse" else user.pk), (1 if name == "review" else None)
            fields = {"measure_id": key, "transition": name, "taken_by_id": by, "stage": stage}
            step.objects.create(finding_id=measure.finding_id, source="", target="", **fields)
    taken = names(old)
    new = migrate(AFTER)
    expected = Counter({(True, name): 1 for name in OF_MEASURE.values()})
    assert names(new) == expected + Counter({(False, name): 1 for name in OF_FINDING.values()})
    assert names(migrate(BEFORE)) == taken


def test_only_an_expiry_has_no_user() -> None:
    measure = make_measure()
    fields = {"finding": measure.finding, "measure": measure, "source": "", "target": ""}
    Step.objects.create(transition="expire_verification", **fields)
    for name in ("lapse", "start"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Step.objects.create(transition=name, **fields)
