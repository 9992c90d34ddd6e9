"""External templates: workbooks of a superior office, described and filled with records (ADR 15)."""
