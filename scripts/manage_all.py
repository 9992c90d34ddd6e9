"""Run several management commands in one process: Django is started once instead of once for each."""

import os
import sys
import time
from pathlib import Path
from typing import Any

import django
from django.core.management import call_command

STEPS: dict[str, tuple[str, dict[str, Any]]] = {
    "migrate": ("Bringing the database up to date", {"verbosity": 0}),
    "check_schema": ("Comparing the schema of the database with the program's", {}),
    "collectstatic": ("Gathering the static files into var/static", {"verbosity": 0, "interactive": False}),
    "load_demo": ("Loading the demo inspection and its people", {}),
    "load_demo_entries": ("Loading the special ledgers of the demo", {}),
    "demo_report": ("Making the demo report's PDF in var/demo", {}),
}


def main() -> None:
    """Run the commands named on the command line, each announced and timed."""
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rectify.settings")
    django.setup()
    for name in sys.argv[1:]:
        title, options = STEPS[name]
        print(f"==> {title}", flush=True)
        started = time.monotonic()
        call_command(name, **options)
        print(f"    ({time.monotonic() - started:.1f} s)", flush=True)


if __name__ == "__main__":
    main()
