"""What Python's garbage collector looks through in a process that answers requests, and how often."""

from __future__ import annotations

import gc

from django.urls import get_resolver

MADE = 10_000  # objects more than were given up until the collector looks; about what one page makes


def spare_loaded_code() -> None:
    """Keep the collector from the modules, models and addresses that are loaded: they live as long as the process.

    Looking through them at every full collection makes one request in a few slower by tens of milliseconds. Of what a
    page makes, little is left for the collector, which by default looks for it many times during one page.
    """
    _ = get_resolver().url_patterns  # otherwise loaded by the first request
    gc.collect()
    gc.freeze()
    gc.set_threshold(MADE)
