"""The demo: four inspections of a fictional district with its units and people.

``report.txt`` is imported like any report text; the TOML files hold what no report says. All people and events are
invented.
"""
