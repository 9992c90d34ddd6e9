"""The official document as a value, and the file formats in which documents are written and read. No models."""
