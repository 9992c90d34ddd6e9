"""Addresses made from that of another record."""

from __future__ import annotations

import pytest
from django.urls import reverse, set_script_prefix

from accounts.web.addresses import key_address


@pytest.mark.parametrize("view", ["findings:measure_detail", "findings:finding_detail", "ledgers:letter_list"])
@pytest.mark.parametrize("prefix", ["/", "/zhenggai/"])
def test_the_address_is_that_of_reverse(view: str, prefix: str) -> None:
    set_script_prefix(prefix)
    try:
        assert [key_address(view, key) for key in (1, 20)] == [reverse(view, args=[key]) for key in (1, 20)]
    finally:
        set_script_prefix("/")


def test_a_record_without_key_has_none() -> None:
    with pytest.raises(TypeError):
        key_address("findings:measure_detail", None)  # type: ignore[arg-type]
