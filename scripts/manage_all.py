"""Several management commands in one process, so that Django is started only once."""

import os
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

import django
from django.core.management import CommandError, call_command


class CommandStep(NamedTuple):
    """A management command with its options, and the line announcing it."""

    title: str
    command: str
    options: dict[str, Any]


STEPS = {
    "check_demo": CommandStep("Looking whether the database is free for the demo", "load_demo", {"check": True}),
    "migrate": CommandStep("Bringing the database up to date", "migrate", {"verbosity": 0}),
    "check_schema": CommandStep("Comparing the schema of the database with the program's", "check_schema", {}),
    "collectstatic": CommandStep(
        "Gathering the static files into var/static", "collectstatic", {"verbosity": 0, "interactive": False}
    ),
    "load_demo": CommandStep("Loading the demo", "load_demo", {}),
    "demo_report": CommandStep("Making the demo report's PDF in var/demo", "demo_report", {}),
}


def main() -> None:
    """Run the steps named on the command line and print their times; exit with the status of the first that fails."""
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rectify.settings")
    django.setup()
    for name in sys.argv[1:]:
        step = STEPS[name]
        print(f"==> {step.title}", flush=True)
        started = time.monotonic()
        try:
            call_command(step.command, **step.options)
        except CommandError as error:
            print(f"\n!!! {error}", file=sys.stderr)
            sys.exit(error.returncode)
        print(f"    ({time.monotonic() - started:.1f} s)", flush=True)


if __name__ == "__main__":
    main()
