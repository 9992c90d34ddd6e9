"""What ``bench/kill.py`` is made of: people at work, what they were promised, the server to kill, the comparison."""
