"""The small inspection of the tests of findings."""

from tests.findings.conftest import case, reporter_client  # noqa: F401 -- fixtures
