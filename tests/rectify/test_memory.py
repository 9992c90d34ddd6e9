"""What the garbage collector looks through."""

from __future__ import annotations

import gc

from rectify.memory import spare_loaded_code


def test_the_collector_passes_over_what_is_loaded() -> None:
    before = gc.get_freeze_count()
    try:
        spare_loaded_code()
        assert gc.get_freeze_count() > before + 10_000
    finally:
        gc.unfreeze()
