"""What the garbage collector looks through."""

from __future__ import annotations

import gc

from rectify.memory import MADE, spare_loaded_code


def test_the_collector_passes_over_what_is_loaded_and_looks_less_often() -> None:
    frozen, thresholds = gc.get_freeze_count(), gc.get_threshold()
    try:
        spare_loaded_code()
        assert gc.get_freeze_count() > frozen + 10_000
        assert gc.get_threshold()[0] == MADE
    finally:
        gc.unfreeze()
        gc.set_threshold(*thresholds)
