"""The demo: two inspections with their units and people, so that nobody begins with empty pages.

``report.txt`` is read by the same path as every text; the TOML files hold what no report says. Everything and everybody
in them is invented.
"""
