"""The official document as a value, and the file formats it is written in. No models."""
