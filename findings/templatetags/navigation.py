"""Template filter of the way back from a record to the filtered list it was opened from."""

from __future__ import annotations

from django import template

from accounts.web.back import returning

register = template.Library()
register.filter("returning", returning)
