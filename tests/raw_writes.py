"""Writing records past their writer: for tests and benchmarks that need a state, not the way to it.

Nothing that a write entails happens: no version, no history, no row of the trail, no sign-off becomes void.
"""

from __future__ import annotations

from accounts.write_guard import allow_writes

unchecked_writes = allow_writes  # ``with unchecked_writes(): Finding.objects.update(due_on=None)``
