"""Excel workbooks: written, read, and templates filled in."""
