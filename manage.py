#!/usr/bin/env python3
"""Django's command line for this project."""

import os
import sys

from rectify import command_line


def main() -> None:
    """Run the command named on the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rectify.settings")
    command_line.run(sys.argv)


if __name__ == "__main__":
    main()
