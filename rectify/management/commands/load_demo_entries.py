"""Load the entries of the special ledgers into the demo."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from rectify.demo.ledger_entries import load_entries


class Command(BaseCommand):
    """load_demo_entries, after load_demo."""

    help = "Load some entries of each special ledger into the demo's inspection, once."

    def handle(self, **options: Any) -> None:
        """Load them, or say that there is nothing to do."""
        made = load_entries()
        self.stdout.write(f"已载入专项台账 {made} 条。" if made else "专项台账没有需要载入的演示数据。")
