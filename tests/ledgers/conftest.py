"""The small inspection of the tests of findings."""

from tests.findings.conftest import case  # noqa: F401 -- a fixture
