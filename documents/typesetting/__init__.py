"""Chinese typesetting after GB/T 9704-2012: lines, titles, pages and type faces."""
