"""The few line icons of the shell, drawn in place so that no icon font is needed."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

PATHS = {
    "menu": "M4 6h16M4 12h16M4 18h16",
    "search": "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14M16 16l5 5",
    "person": "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8M4 21c0-4 4-6 8-6s8 2 8 6",
    "list": "M9 6h11M9 12h11M9 18h11M4 6h1M4 12h1M4 18h1",
    "units": "M9 3h6v5H9zM3 16h6v5H3zM15 16h6v5h-6zM12 8v4M6 16v-4h12v4",
    "import": "M12 3v11M7 10l5 5 5-5M4 20h16",
    "audit": "M6 3h9l4 4v14H6zM14 3v5h5M9 12h7M9 16h7",
    "check": "M4 4h16v16H4zM8 12l3 3 5-6",
    "up": "M12 19V5M6 11l6-6 6 6",
    "down": "M12 5v14M6 13l6 6 6-6",
}


@register.simple_tag
def icon(name: str) -> SafeString:
    """The icon of that name, hidden from screen readers: the words beside it say the same."""
    return format_html('<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="{}"/></svg>', PATHS[name])
