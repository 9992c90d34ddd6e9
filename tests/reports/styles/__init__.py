"""Tests of the styles of reports."""
