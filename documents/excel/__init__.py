"""Excel workbooks: writing of lists, reading of imports, and filling of external templates."""
