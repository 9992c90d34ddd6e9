"""Template tag of the line icons, inlined as SVG so that no icon font is needed."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

PATHS = {
    "check": "M9 11l3 3L22 4M21 12v7a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2h11",
    "menu": "M4 6h16M4 12h16M4 18h16",
    "search": "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14M16 16l5 5",
    "person": "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8M4 21c0-4 4-6 8-6s8 2 8 6",
    "desk": "M4 12l8-7 8 7M6 11v9h12v-9M10 20v-5h4v5",
    "bell": "M6 16v-5a6 6 0 0 1 12 0v5l2 2H4zM10 21h4",
    "list": "M9 6h11M9 12h11M9 18h11M4 6h1M4 12h1M4 18h1",
    "units": "M9 3h6v5H9zM3 16h6v5H3zM15 16h6v5h-6zM12 8v4M6 16v-4h12v4",
    "chart": "M4 20V4M4 20h16M8 16v-4M12 16V8M16 16v-6",
    "import": "M12 3v11M7 10l5 5 5-5M4 20h16",
    "audit": "M6 3h9l4 4v14H6zM14 3v5h5M9 12h7M9 16h7",
    "document": "M6 3h9l4 4v14H6zM14 3v5h5M9 12h7M9 16h7",
    "spreadsheet": "M4 4h16v16H4zM4 9h16M4 14.5h16M10 9v11",
    "slides": "M4 4h16v11H4zM12 15v3M8 21l4-3 4 3",
    "withheld": "M12 3l8 3v6c0 4-3 7-8 9-5-2-8-5-8-9V6zM12 8v5M12 16v.5",
    "up": "M12 19V5M6 11l6-6 6 6",
    "down": "M12 5v14M6 13l6 6 6-6",
}


@register.simple_tag
def icon(name: str) -> SafeString:
    """The icon as SVG, hidden from screen readers because text stands beside it; KeyError for an unknown name."""
    return format_html('<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="{}"/></svg>', PATHS[name])
