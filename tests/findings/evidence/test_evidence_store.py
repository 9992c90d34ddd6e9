"""The store: by digest, whole or not at all, checked again, cleaned up, scanned; and the rows that stand on it."""

from __future__ import annotations

import errno
import json
import os
import socket
import stat
import struct
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from accounts.models import Action, Event, User
from accounts.records.saving import ConflictError
from findings.choices import Scan
from findings.evidence.store import (
    MissingFileError,
    RejectedError,
    check_quota,
    open_stored,
    receive,
    storage,
    usage_of,
)
from findings.evidence.store.receiving import Received
from findings.factories import make_aspect, make_finding, make_inspection, make_measure, make_unit
from findings.models import Evidence, Measure, StoredFile
from findings.workflow.evidence import add_evidence, already_at, attach, withdraw
from tests.hostile_files import pdf

pytestmark = pytest.mark.django_db


def received(user: User, content: bytes = pdf(), name: str = "佐证.pdf") -> Received:
    """A file in the store."""
    return receive(ContentFile(content, "x"), name, user)


def place(settings: Settings, file: StoredFile) -> Path:
    """Where its bytes lie."""
    return Path(settings.EVIDENCE_ROOT) / storage.place_of(file.digest)


def run(command: str, **options: object) -> str:
    """What a command prints."""
    said: list[str] = []
    call_command(command, stdout=type("Said", (), {"write": lambda _self, text: said.append(text)})(), **options)
    return "".join(said)


@pytest.fixture
def measure() -> Measure:
    """A measure of a body with a quota."""
    return make_measure(make_finding(make_aspect(make_inspection(unit=make_unit()))))


def test_a_file_is_kept_by_its_digest_for_its_owner_alone(office: User, settings: Settings) -> None:
    file = received(office).file
    path = place(settings, file)
    assert path.read_bytes() == pdf()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [one.name for one in (Path(settings.EVIDENCE_ROOT) / "incoming").iterdir()] == []


def test_the_same_bytes_are_kept_once(office: User, settings: Settings) -> None:
    first, second = received(office), received(office, name="另一个名字.pdf")
    assert first.file == second.file
    assert second.name == "另一个名字.pdf"
    assert StoredFile.objects.count() == 1


def test_uploading_again_mends_what_was_spoilt(office: User, settings: Settings) -> None:
    file = received(office).file
    place(settings, file).write_bytes(b"spoilt")
    received(office)
    assert place(settings, file).read_bytes() == pdf()


def test_a_full_disk_is_said_and_leaves_nothing(
    office: User, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = received(office).file

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("findings.evidence.store.receiving.os.fsync", full)
        with pytest.raises(RejectedError, match="磁盘空间不足"):
            received(office, pdf(b"% other\n"))
    assert [path for path in Path(settings.EVIDENCE_ROOT).rglob("*") if path.is_file()] == [place(settings, kept)]
    with open_stored(kept) as file:  # reading goes on
        assert file.read() == pdf()
    assert received(office, pdf(b"% other\n")).file.size  # and it recovers by itself


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can mount a small disk")
def test_a_disk_that_is_really_full(office: User, settings: Settings, tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    if os.system(f"mount -t tmpfs -o size=256k tmpfs {small}") != 0:  # noqa: S605 -- a path of pytest's own
        pytest.skip("tmpfs cannot be mounted here")
    try:
        settings.EVIDENCE_ROOT = small
        kept = received(office).file
        with pytest.raises(RejectedError, match="磁盘空间不足"):
            received(office, pdf(b"%" + os.urandom(400_000).hex().encode() + b"\n"))
        assert [path for path in small.rglob("*") if path.is_file()] == [place(settings, kept)]
        assert received(office, pdf(b"% small\n")).file.size
    finally:
        os.system(f"umount {small}")  # noqa: S605 -- as above


def test_a_body_has_a_quota(office: User, measure: Measure, settings: Settings) -> None:
    body = measure.inspection.unit
    assert body is not None
    file = received(office)
    add_evidence(measure.finding, [measure], file, office)
    settings.EVIDENCE_QUOTA = file.file.size + 10
    assert usage_of(body) == (file.file.size, settings.EVIDENCE_QUOTA)
    check_quota(body, 10)
    with pytest.raises(RejectedError, match="空间不足"):
        receive(ContentFile(pdf(), "x"), "佐证.pdf", office, body)


def test_numbers_of_the_catalogue_go_on(office: User, measure: Measure) -> None:
    one = add_evidence(measure.finding, [measure], received(office), office)
    withdraw(one, "传错了", office, one.version)
    other = add_evidence(measure.finding, [], received(office, pdf(b"% 2\n")), office)
    assert (one.number, other.number) == (1, 2)
    assert list(Evidence.objects.live()) == [other]


def test_one_file_serves_several_measures_without_a_second_copy(office: User, measure: Measure) -> None:
    other = make_measure(measure.finding)
    one = add_evidence(measure.finding, [measure], received(office), office)
    assert already_at(measure.finding, one.file.digest) == [one]
    assert attach(one, [other], one.version)
    assert not attach(one, [other], one.version)
    assert set(one.measures.all()) == {measure, other}
    assert one.version == 2


def test_withdrawing_needs_a_reason_and_happens_once(office: User, measure: Measure) -> None:
    one = add_evidence(measure.finding, [measure], received(office), office)
    with pytest.raises(RejectedError, match="作废理由"):
        withdraw(one, " ", office, one.version)
    withdraw(one, "传错了文件", office, one.version)
    with pytest.raises(ConflictError):
        withdraw(one, "再来一次", office, 1)
    event = Event.objects.filter(action=Action.WITHDRAW, result="done").get()
    assert event.reason == "传错了文件"
    with open_stored(one.file) as file:
        assert file.read() == pdf()


def test_verifying_names_exactly_what_is_wrong(office: User, measure: Measure, settings: Settings) -> None:
    files = [received(office, pdf(b"%% %d\n" % number)).file for number in range(4)]
    add_evidence(measure.finding, [measure], Received(files[0], "丢失的.pdf"), office)
    assert "共核对 4 个文件" in run("verify_evidence")
    place(settings, files[0]).unlink()
    place(settings, files[1]).write_bytes(b"x" * files[1].size)
    orphan = Path(settings.EVIDENCE_ROOT) / "ab" / "cd" / ("ab" * 32)
    orphan.parent.mkdir(parents=True)
    orphan.write_bytes(b"orphan")
    with pytest.raises(CommandError, match="1 个文件缺失，1 个文件内容有变"):
        run("verify_evidence")
    said: list[str] = []
    with pytest.raises(CommandError):
        call_command("verify_evidence", "--json", stdout=type("S", (), {"write": lambda _s, text: said.append(text)})())
    found = json.loads("".join(said))
    assert found["missing"] == [files[0].digest]
    assert found["changed"] == [files[1].digest]
    assert found["orphaned"] == [f"ab/cd/{'ab' * 32}"]


def test_garbage_is_what_nobody_refers_to_and_is_a_day_old(office: User, measure: Measure, settings: Settings) -> None:
    kept = add_evidence(measure.finding, [measure], received(office), office).file
    old, new = (Path(settings.EVIDENCE_ROOT) / "incoming" / name for name in ("old", "new"))
    for path in (old, new):
        path.write_bytes(b"half")
    for path in (old, place(settings, kept)):
        os.utime(path, (0, 0))
    assert "将清除 1 个" in run("gc_evidence", dry_run=True)
    assert old.exists()
    assert "已清除 1 个" in run("gc_evidence")
    assert not old.exists()
    assert new.exists()
    assert place(settings, kept).exists()


def test_a_stored_file_that_no_record_refers_to_goes_with_its_row(office: User, settings: Settings) -> None:
    young, old = received(office).file, received(office, pdf(b"% old\n")).file
    os.utime(place(settings, old), (0, 0))
    assert "将清除 1 个" in run("gc_evidence", dry_run=True)
    assert StoredFile.objects.count() == 2
    assert "已清除 1 个" in run("gc_evidence")
    assert not place(settings, old).exists()
    assert place(settings, young).exists()
    assert StoredFile.objects.get() == young
    assert "共核对 1 个文件" in run("verify_evidence")


def test_a_file_that_is_uploaded_again_is_young_again(office: User, settings: Settings) -> None:
    os.utime(place(settings, received(office).file), (0, 0))
    again = received(office).file
    assert "已清除 0 个" in run("gc_evidence")
    assert place(settings, again).exists()


def test_texts_are_taken_from_imports_alone(office: User) -> None:
    for name in ("反馈.txt", "反馈.html", "反馈.htm"):
        with pytest.raises(RejectedError, match="不接受"):
            receive(ContentFile("反馈意见".encode(), name), name, office)
        assert receive(ContentFile("反馈意见".encode(), name), name, office, with_texts=True).name == name
    with pytest.raises(RejectedError, match="空的"):
        receive(ContentFile(b"", "x"), "反馈.txt", office, with_texts=True)
    with pytest.raises(RejectedError, match="不接受"):
        receive(ContentFile(b"MZ", "x"), "反馈.exe", office, with_texts=True)


def test_a_missing_file_is_said(office: User, settings: Settings) -> None:
    file = received(office).file
    place(settings, file).unlink()
    with pytest.raises(MissingFileError, match="找不到"):
        open_stored(file)


@pytest.fixture
def clamd(settings: Settings) -> Iterator[list[bytes]]:
    """A scanner that finds a virus in whatever says EICAR; what it was sent."""
    server, sent = socket.create_server(("127.0.0.1", 0)), list[bytes]()
    settings.CLAMD = f"127.0.0.1:{server.getsockname()[1]}"

    def serve() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as read:
                assert read.read(10) == b"zINSTREAM\0"
                content = b""
                while size := struct.unpack("!L", read.read(4))[0]:
                    content += read.read(size)
                sent.append(content)
                answer = b"stream: Eicar FOUND\0" if b"EICAR" in content else b"stream: OK\0"
                connection.sendall(answer)

    thread = threading.Thread(target=serve)
    thread.start()
    yield sent
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join()


def test_the_scanner_is_asked_and_a_hit_is_kept_nowhere(office: User, clamd: list[bytes]) -> None:
    assert received(office).file.scan == Scan.CLEAN
    assert clamd == [pdf()]
    with pytest.raises(RejectedError, match="查出病毒"):
        received(office, pdf(b"% EICAR\n"))
    assert StoredFile.objects.count() == 1


def test_while_the_scanner_is_down_files_are_kept_and_not_given_out(office: User, settings: Settings) -> None:
    settings.CLAMD = "127.0.0.1:1"
    file = received(office).file
    assert file.scan == Scan.WAITING
    with pytest.raises(RejectedError, match="等待查毒"):
        open_stored(file)
    with pytest.raises(CommandError, match="没有应答"):
        run("scan_evidence")


def test_what_waited_is_scanned_later(office: User, settings: Settings, request: pytest.FixtureRequest) -> None:
    settings.CLAMD = "127.0.0.1:1"
    good, bad = received(office).file, received(office, pdf(b"% EICAR\n")).file
    request.getfixturevalue("clamd")
    run("scan_evidence")
    good.refresh_from_db()
    bad.refresh_from_db()
    assert (good.scan, bad.scan) == (Scan.CLEAN, Scan.INFECTED)
    with pytest.raises(RejectedError, match="查出病毒"):
        open_stored(bad)


def test_without_a_scanner_the_command_says_so(settings: Settings) -> None:
    settings.CLAMD = ""
    with pytest.raises(CommandError, match="没有配置查毒"):
        run("scan_evidence")
