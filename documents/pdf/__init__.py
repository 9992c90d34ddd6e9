"""PDF files, made by a process of their own."""
