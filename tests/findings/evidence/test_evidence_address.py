"""The one setting that says where evidence is kept, and what must be installed for it."""

from __future__ import annotations

import re

import pytest
from django.core.exceptions import ImproperlyConfigured

from rectify.settings import evidence_storage
from tests.test_repository import ROOT


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("S3://evidence", "it must be a folder or s3://bucket"),
        ("s3://", "it must be a folder or s3://bucket"),
        ("s3://key:secret@evidence", "it must be a folder or s3://bucket"),
        ("s3://evidence/../other", "it must be a folder or s3://bucket"),
        ("https://oss.example.cn/evidence", "it must be a folder or s3://bucket"),
        ("s3://evidence?endpont=https://oss.example.cn", "only endpoint=, region= and addressing="),
        ("s3://evidence?endpoint=oss.example.cn", "endpoint= must be https://host"),
        ("s3://evidence?region=", "region= must be a name"),
        ("s3://evidence?addressing=host", "addressing= must be path or virtual"),
        ("s3://evidence", "AWS_SECRET_ACCESS_KEY must be set"),
    ],
)
def test_an_address_that_cannot_be_meant_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, address: str, why: str
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY", raising=False)
    with pytest.raises(ImproperlyConfigured, match="RECTIFY_EVIDENCE cannot be used") as refused:
        evidence_storage(address)
    assert why in str(refused.value)
    assert "secret@" not in str(refused.value)


def test_an_address_says_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    address = "s3://evidence/office/a/?endpoint=https://oss.example.cn:9000&region=cn-north-1&addressing=virtual"
    assert evidence_storage(address)["OPTIONS"] == {
        "bucket_name": "evidence",
        "location": "office/a",
        "endpoint_url": "https://oss.example.cn:9000",
        "region_name": "cn-north-1",
        "addressing_style": "virtual",
    }
    assert "OPTIONS" not in evidence_storage("/srv/evidence")


def test_only_an_office_with_a_bucket_installs_what_it_takes() -> None:
    plain, with_bucket, for_tests = (
        set(re.findall(r"^([\w.-]+)(?:\[.*\])?==(\S+)", (ROOT / name).read_text(), re.MULTILINE))
        for name in ("requirements.lock", "requirements-extras.lock", "requirements-dev.lock")
    )
    assert plain < with_bucket < for_tests
    assert {"boto3", "django-storages"} <= {name for name, _ in with_bucket - plain}
