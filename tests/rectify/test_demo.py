"""The demo: complete, valid, and with accounts that can be used."""

from __future__ import annotations

import datetime as dt
import stat
from collections.abc import Iterable, Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.auth.password_validation import validate_password
from django.core.management import CommandError, call_command
from django.db.models import F, Sum
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from accounts.models import Event, PasswordHistory, Session, User
from accounts.sign_in.passwords import why_to_change
from accounts.users.roles import ROLES
from documents.pdf.client import PdfUnavailable
from documents.text import render_text
from findings.choices import AccountabilityKind, Completion, Counting, RecoveryKind, RegulationKind, Status, Timing
from findings.inspections.due_status import DueStatus
from findings.models import Accountability, Facet, Finding, Inspection, Measure, Membership, Progress, Recovery, Unit
from findings.notifications.models.notices import Digest
from findings.workflow.signed_content import signed_payload
from ledgers.models import Entry
from ledgers.special_ledgers import LEDGERS
from rectify.demo import accounts, data
from rectify.demo.loading import find_published_inspection
from rectify.management.commands import demo_report
from reports.gathering import count, details_of
from reports.importing import store
from reports.models import SavedStyle
from reports.parsing import parse
from reports.publishing import draft
from tests.demo import copied, demo_in
from tests.raw_writes import unchecked_writes
from tests.reports.test_parsing import LINES
from tests.samples import sample

pytestmark = [pytest.mark.django_db, pytest.mark.once, pytest.mark.usefixtures("var")]

MADE_LATER = {Session, PasswordHistory, Digest}  # by signing in, and by sending reminders
LONGEST_COMMON = 13  # characters; what is longer than idioms of office prose is borrowed


@pytest.fixture(scope="module")
def demo(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Path, list[accounts.Account]]]:
    """The demo, and where its files lie."""
    folder = tmp_path_factory.mktemp("demo")
    with django_db_blocker.unblock(), demo_in(folder) as loaded:
        yield folder, loaded


@pytest.fixture
def loaded(demo: tuple[Path, list[accounts.Account]], tmp_path: Path, db: None) -> list[accounts.Account]:
    """The accounts of the demo, whose records and files are there."""
    folder, found = demo
    copied(folder, tmp_path)
    return found


def run(command: str, **options: object) -> str:
    """What a command prints."""
    output = StringIO()
    call_command(command, stdout=output, **options)
    return output.getvalue()


def reported() -> Inspection:
    inspection = find_published_inspection()
    assert inspection is not None
    return inspection


def own_words(text: str) -> Iterator[str]:
    """What a report text says in words of its own, without the standard wording."""
    facts = parse(text).facts
    yield from (facts.pledge, facts.next_steps)
    yield from (aspect.title for aspect in facts.aspects)
    for finding in facts.findings():
        yield finding.title
        yield from (facet.introduction for facet in finding.facets)
        yield from (measure.outcome for measure in finding.measures())


def runs(texts: Iterable[str], length: int) -> set[str]:
    """Every run of so many characters."""
    return {text[start : start + length] for text in texts for start in range(len(text) - length + 1)}


def running() -> Inspection:
    return Inspection.objects.get(body="区文旅体局党组")


def test_the_reported_inspection_composes_to_its_report(loaded: object) -> None:
    assert render_text(draft(reported())) == data.REPORT.read_text(encoding="utf-8")


def test_every_number_of_the_report_comes_from_the_records(loaded: object) -> None:
    assert count(reported()) == parse(data.REPORT.read_text(encoding="utf-8")).facts.counts


def test_every_regulation_stands_in_the_report_as_recorded(loaded: object) -> None:
    text = data.REPORT.read_text(encoding="utf-8")
    for regulation in reported().regulations.all():
        assert f"{regulation}（{regulation.document_number}）" in text


@pytest.mark.samples
def test_no_sentence_of_the_demo_is_taken_from_the_real_report() -> None:
    demo = [*own_words(data.REPORT.read_text(encoding="utf-8"))]
    demo += [(data.FOLDER / f"{name}.toml").read_text(encoding="utf-8") for name in ("office", "bureau")]
    real = list(own_words(sample("report.txt")))
    assert not runs(demo, LONGEST_COMMON + 1) & runs(real, LONGEST_COMMON + 1)


def test_every_record_is_valid(loaded: object) -> None:
    checked = 0
    for label in ("accounts", "findings", "reports"):
        for model in apps.get_app_config(label).get_models():
            if model in MADE_LATER:
                continue
            if hasattr(model, "instance_type"):
                continue  # a copy of a record that is looked at itself
            records = list(model._default_manager.all())
            assert records, f"the demo has no {model.__name__}"
            for record in records:
                record.full_clean()
            checked += len(records)
    assert checked > 250


def test_closed_findings_were_done_before_they_were_signed_off_by_somebody_else(loaded: object) -> None:
    closed = Finding.objects.filter(status=Status.CLOSED)
    assert closed.count() == 11 + 4 + 4
    for finding in closed:
        assert finding.closed_at is not None
        day = timezone.localdate(finding.closed_at)
        in_charge = {finding.person_in_charge, *(measure.person_in_charge for measure in finding.measures.all())}
        assert finding.closed_by not in in_charge
        signoff = finding.signoffs.get()
        assert signoff.is_intact
        assert (signoff.voided_at is None) == (not finding.is_void)
        if not finding.is_void:
            assert signoff.content == signed_payload(finding)
        assert all(measure.completed_on and measure.completed_on <= day for measure in finding.measures.all())
        assert not Progress.objects.filter(measure__finding=finding, reported_on__gt=day).exists()


def test_progress_was_reported_during_the_rectification(loaded: object) -> None:
    reported_on = Progress.objects.values_list("reported_on", "logged_at")
    assert all(dt.date(2024, 6, 20) <= day <= dt.date(2026, 11, 20) for day, _ in reported_on)
    assert all(timezone.localdate(moment) == day for day, moment in reported_on)
    assert Measure.objects.of(reported()).exclude(progress=None).distinct().count() >= 25
    assert not Measure.objects.filter(plan="").exists()


def test_the_unfinished_findings_of_the_report_show_every_light(loaded: object) -> None:
    unfinished = Finding.objects.of(reported()).exclude(status=Status.CLOSED).order_by("aspect__order", "order")
    lights = DueStatus.of(reported())
    assert [finding.status for finding in unfinished] == [Status.IN_PROGRESS, Status.SUBMITTED, Status.IN_PROGRESS]
    assert [lights.light(finding.due_on) for finding in unfinished if finding.due_on] == ["warn", "", "late"]


def test_the_running_inspection_shows_every_light(loaded: object) -> None:
    lights = DueStatus.of(running())
    findings = Finding.objects.of(running()).exclude(status=Status.CLOSED)
    measures = Measure.objects.of(running()).filter(completed_on=None)
    for records in (findings, measures):
        days = records.exclude(due_on=None).values_list("due_on", flat=True)
        assert {lights.light(day) for day in days if day} == {"late", "warn", "notice", ""}


def test_everything_the_system_can_record_is_there(loaded: object) -> None:
    findings = Finding.objects.of(running())
    assert set(findings.values_list("status", flat=True)) == set(Status)
    assert set(findings.values_list("completion", flat=True)) == {"", *Completion}
    assert set(Finding.objects.values_list("timing", flat=True)) == set(Timing)
    assert findings.filter(parent=None, sub_findings__isnull=False).exists()
    assert findings.filter(parent=None, sub_findings=None, measures=None).exists()
    assert Facet.objects.filter(finding__in=findings).count() == 3
    assert Measure.objects.of(running()).filter(outcome="").exists()
    assert set(running().regulations.values_list("kind", flat=True)) == set(RegulationKind)
    assert set(Recovery.objects.values_list("kind", flat=True)) == set(RecoveryKind)
    assert len(set(Accountability.objects.values_list("kind", flat=True))) >= 5
    assert set(Accountability.objects.values_list("kind", flat=True)) <= set(AccountabilityKind)
    assert Membership.objects.filter(ended_on__isnull=False).exists()
    assert running().counting == Counting.LEAVES
    assert [stage.role for stage in running().stages.all()] == ["office", "leader"]
    assert running().status_word(Status.CLOSED) == "已办结"
    assert details_of(running()).style_name == "numbered"
    assert running().kind_name == "常规巡察"
    assert SavedStyle.objects.get(body=running().unit).style["label"] == "整改落实情况："
    assert draft(running()).missing()


def test_every_special_ledger_has_entries_in_a_state_of_its_own(loaded: object) -> None:
    entries = list(Entry.objects.of(running()))
    assert {entry.ledger for entry in entries} == set(LEDGERS)
    assert len(entries) == sum(map(len, data.read_data("ledger_entries")["entries"].values()))
    assert all(entry.state for entry in entries)


def test_every_record_names_the_inspection_of_its_parent(loaded: object) -> None:
    store(parse("\n".join(LINES)), "\n".join(LINES))
    assert not Finding.objects.exclude(inspection=F("aspect__inspection")).exists()
    assert not Measure.objects.exclude(inspection=F("finding__inspection")).exists()


def test_persons_and_person_times_differ_and_money_adds_up_to_the_report(loaded: object) -> None:
    for inspection in (reported(), running()):
        sums = inspection.accountability.aggregate(persons=Sum("persons"), person_times=Sum("person_times"))
        assert sums["persons"] < sums["person_times"]
    refunded = reported().recoveries.filter(kind=RecoveryKind.REFUNDED).aggregate(Sum("amount"))["amount__sum"]
    assert f"{refunded / 10000:.2f}万元" == "1.86万元"


def test_long_names_are_among_units_and_people(loaded: object) -> None:
    assert max(len(unit.name) for unit in Unit.objects.all()) == 60
    assert max(len(user.name) for user in User.objects.all()) >= 15
    assert max(unit.depth for unit in Unit.objects.all().in_tree_order()) == 2


def test_every_account_signs_in_with_a_good_password_of_its_own(loaded: list[accounts.Account]) -> None:
    passwords = {account.password for account in loaded}
    assert len(passwords) == len(loaded) >= 8
    for account in loaded:
        user = User.objects.get_by_natural_key(account.username)
        assert user.check_password(account.password)
        assert len(account.password) >= 12
        validate_password(account.password, user)
        assert not why_to_change(user)
    roles = {role for account in loaded for role in account.role.split("、")}
    assert roles == {role.label for role in ROLES.values()}


def test_people_without_a_role_cannot_sign_in(loaded: list[accounts.Account]) -> None:
    others = User.objects.exclude(username__in=[account.username for account in loaded])
    assert others.exists()
    assert not any(user.has_usable_password() for user in others)


def test_a_second_run_changes_nothing_and_says_where_the_accounts_are(
    loaded: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = accounts.accounts_file().read_bytes()
    counts = Entry.objects.count(), Event.objects.count()
    monkeypatch.setattr(User, "set_password", None)  # hashing would fail, and is what takes long
    said = run("load_demo")
    assert said.startswith("演示数据已经载入，账号和密码见 ")
    assert str(accounts.accounts_file()) in said
    assert accounts.accounts_file().read_bytes() == before
    assert Inspection.objects.count() == 4
    assert (Entry.objects.count(), Event.objects.count()) == counts


def test_passwords_can_be_made_anew_and_are_never_the_same(loaded: list[accounts.Account]) -> None:
    said = run("load_demo", reset_passwords=True)
    assert accounts.accounts_file().read_text(encoding="utf-8") in said
    for account in loaded:
        assert account.password not in said
        user = User.objects.get(username=account.username)
        assert not user.check_password(account.password)
        assert not why_to_change(user)
    assert stat.S_IMODE(accounts.accounts_file().stat().st_mode) == 0o600


def test_a_lost_accounts_file_is_noticed(loaded: object) -> None:
    accounts.accounts_file().unlink()
    assert "load_demo --reset-passwords" in run("load_demo")


def test_the_accounts_of_another_database_are_not_taken_for_ours(loaded: object) -> None:
    file = accounts.accounts_file()
    file.write_text(file.read_text(encoding="utf-8").replace(accounts.database_line(), "数据库：另一个"), "utf-8")
    assert "没有这个数据库的账号" in run("load_demo")


def test_the_demo_report_says_why_there_is_no_pdf(loaded: object, monkeypatch: pytest.MonkeyPatch) -> None:
    def unavailable(*_: object) -> None:
        raise PdfUnavailable("无法生成 PDF：没有字体。")

    monkeypatch.setattr(demo_report, "render_pdf", unavailable)
    with pytest.raises(CommandError, match="没有字体"):
        run("demo_report")


def test_the_demo_report_says_when_its_inspection_was_removed(loaded: object) -> None:
    with unchecked_writes():
        Inspection.objects.filter(pk=reported().pk).update(import_digest=None)  # as good as removed
    with pytest.raises(CommandError, match="演示巡察已被删除"):
        run("demo_report")
    assert "已经载入" in run("load_demo")


def test_the_demo_report_says_when_the_file_cannot_be_written(loaded: object, var: Path) -> None:
    (var / "demo" / "report.pdf").mkdir()
    with pytest.raises(CommandError, match="写不进这个文件"):
        run("demo_report")
