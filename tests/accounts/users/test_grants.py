"""Officers hold nothing else, whoever writes the row and however many at once."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import Grant
from accounts.users.roles import OFFICERS, ROLES, Reach, Right, holders_of
from findings.factories import make_grant, make_unit, make_user


def test_every_role_has_rights_and_every_right_a_holder() -> None:
    assert all(role.rights for role in ROLES.values())
    assert {right for role in ROLES.values() for right in role.rights} == set(Right)
    assert {role.key for role in ROLES.values() if role.reach == Reach.EVERYWHERE} == set(OFFICERS)
    for one in OFFICERS:
        for other in ROLES:
            assert one == other or not ROLES[one].rights & ROLES[other].rights
    assert holders_of(Right.EDIT_REPORT) == "整改办、发布人"


@pytest.mark.django_db
@pytest.mark.parametrize("first", ROLES)
@pytest.mark.parametrize("second", ROLES)
def test_an_officer_holds_no_other_role(first: str, second: str) -> None:
    user, unit = make_user(), make_unit()

    def grant(role: str) -> Grant:
        return make_grant(user, role, None if role in OFFICERS else unit)

    grant(first)
    if first in OFFICERS or second in OFFICERS or first == second:
        with pytest.raises(IntegrityError), transaction.atomic():
            grant(second)
        assert user.grants.count() == 1
    else:
        grant(second)
        assert user.grants.count() == 2


@pytest.mark.django_db
def test_a_grant_cannot_be_turned_into_an_officers() -> None:
    user = make_user()
    make_grant(user, "leader")
    other = make_grant(user, "office")
    for change in ({"role": "audit_officer"}, {"user": make_user(role="system_officer")}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Grant.objects.filter(pk=other.pk).update(**change)


@pytest.mark.django_db
def test_a_reporter_needs_a_unit_and_an_officer_has_none() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make_grant(make_user(), "reporter")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_grant(make_user(), "audit_officer", make_unit())


@pytest.mark.django_db
def test_there_are_no_other_roles() -> None:
    grant = make_grant(make_user(), "office")
    with pytest.raises(IntegrityError), transaction.atomic():
        Grant.objects.create(user=make_user(), role="superuser")
    with pytest.raises(IntegrityError), transaction.atomic():
        Grant.objects.filter(pk=grant.pk).update(role="superuser")


@pytest.mark.django_db(transaction=True)
def test_of_two_grants_that_exclude_each_other_one_succeeds() -> None:
    user, barrier = make_user(), threading.Barrier(2)
    failed: list[type[Exception]] = []

    def granting(role: str) -> Callable[[], None]:
        def grant() -> None:
            barrier.wait()
            try:
                with transaction.atomic():
                    Grant.objects.create(user=user, role=role)
            except IntegrityError as error:
                failed.append(type(error))
            finally:
                connection.close()

        return grant

    threads = [threading.Thread(target=granting(role)) for role in ("office", "audit_officer")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (user.grants.count(), failed) == (1, [IntegrityError])
