"""Small pieces of HTML put together in Python, for lists of hundreds of cells.

Django's ``format_html`` does the same with lazily translated text in mind, which takes a third of a list's time.
"""

from __future__ import annotations

import html

from django.utils.safestring import SafeString


def to_html(value: object) -> str:
    """HTML stays, everything else is escaped."""
    return value if isinstance(value, SafeString) else html.escape(str(value))


def format_html(template: str, *values: object) -> SafeString:
    """The template, which must be a literal, with the values put in escaped."""
    return SafeString(template.format(*map(to_html, values)))
