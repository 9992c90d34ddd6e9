"""Chinese typesetting: lines, titles, pages, fonts."""
