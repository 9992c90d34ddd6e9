"""The demo: four inspections of a fictional district with its units and people, so that nobody begins with empty pages.

``report.txt`` is read by the same path as every report text; the TOML files hold what no report says. Everything and
everybody in them is invented.
"""
