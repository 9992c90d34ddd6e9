"""Processes of our own that open files for this one: whatever a file does, it does to them (ADR 3).

``process.WorkerProcess`` is the side that asks, ``worker`` the side that answers, ``messages`` what goes between them.
A worker answers requests until its standard input ends: a warm one is kept for the next request, any other gets one
request alone.
"""
