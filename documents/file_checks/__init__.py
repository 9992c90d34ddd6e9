"""Checks that a file from outside is what its name says, complete, and without active content."""
