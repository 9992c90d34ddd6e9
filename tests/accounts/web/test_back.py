"""The way back to a filtered list: what is handed on, and what is never followed."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from accounts.web.back import LONGEST, list_address, returning

LIST = "/inspections/1/findings/?status=open&page=2"


@pytest.mark.parametrize(
    "unsafe",
    [
        "https://example.org/",
        "//example.org/",
        "/\\example.org/",
        "javascript:alert(1)",
        "findings/",
        "/a\nb",
        "/" + "x" * LONGEST,
        "",
    ],
)
def test_an_address_elsewhere_is_never_followed(unsafe: str) -> None:
    assert list_address(RequestFactory().get("/findings/1/", {"back": unsafe})) == ""


def test_an_address_carries_the_way_back() -> None:
    assert list_address(RequestFactory().get("/findings/1/", {"back": LIST})) == LIST
    quoted = "back=%2Finspections%2F1%2Ffindings%2F%3Fstatus%3Dopen%26page%3D2"
    assert returning("/findings/1/", LIST) == f"/findings/1/?{quoted}"
    assert returning("/findings/1/?a=b#work", LIST) == f"/findings/1/?a=b&{quoted}#work"


def test_the_address_of_the_list_becomes_the_list_as_it_was_filtered() -> None:
    assert returning("/inspections/1/findings/", LIST) == LIST
    assert returning("/inspections/1/findings/#row", LIST) == f"{LIST}#row"


def test_an_address_stays_as_it_is_without_a_list_and_on_another_host() -> None:
    assert returning("/findings/1/", "") == "/findings/1/"
    assert returning("https://example.org/", LIST) == "https://example.org/"
    assert returning(f"/findings/1/?back={LIST}", LIST) == f"/findings/1/?back={LIST}"
