"""The parts of ``bench/kill.py``: simulated users, the log of what they sent, and the comparison with the database."""
