"""The command that checks every sign-off."""

from __future__ import annotations

import datetime as dt
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from findings.factories import closing_fields, make_finding, make_user
from findings.models import Measure, SignOff
from tests.findings.submissions import signed
from tests.raw_writes import unchecked_writes

pytestmark = pytest.mark.django_db


def verify(*arguments: str) -> str:
    """What the command says."""
    out = StringIO()
    call_command("verify_signoffs", *arguments, stdout=out)
    return out.getvalue()


def test_what_was_signed_here_is_in_order(office: User) -> None:
    signed(by=office, signer=make_user(role="supervisor"))
    assert verify() == "核验销号 1 次，其中有效 1 次。\n"


def test_what_was_closed_elsewhere_is_named_and_not_broken(office: User) -> None:
    finding = make_finding(**closing_fields(office, dt.date(2026, 3, 1)))
    found = json.loads(verify("--json"))
    assert found["ok"]
    assert [(remark["finding"], remark["label"]) for remark in found["remarks"]] == [(finding.pk, "未经系统销号")]


def test_a_record_changed_past_the_application_is_found(office: User) -> None:
    _, measure, _ = signed(by=office, signer=make_user(role="supervisor"))
    with unchecked_writes():
        Measure.objects.filter(pk=measure.pk).update(outcome="绕过系统改的。")
    out = StringIO()
    with pytest.raises(CommandError) as failed:
        call_command("verify_signoffs", stdout=out)
    assert failed.value.returncode == 1
    assert "[与现在的内容不符]" in out.getvalue()


def test_an_altered_sign_off_is_found(office: User) -> None:
    _, _, signoff = signed(by=office, signer=make_user(role="supervisor"))
    SignOff.objects.filter(pk=signoff.pk).update(content=signoff.content.replace("措施", "办法"))
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("verify_signoffs", "--json", stdout=out)
    assert {remark["kind"] for remark in json.loads(out.getvalue())["remarks"]} == {"altered", "different"}
