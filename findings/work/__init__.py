"""The daily work: dashboard, queue, lists, and the pages of findings and measures."""
