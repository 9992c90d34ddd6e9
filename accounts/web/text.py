"""Text cut to the length of a cell or a message."""


def shorten(text: str, length: int = 30) -> str:
    """The text in at most ``length`` characters, the last of which is an ellipsis when it was cut."""
    return text if len(text) <= length else f"{text[: length - 1]}…"
