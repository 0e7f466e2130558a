"""Text that every database can keep."""

_UNSTORABLE = {0: "\ufffd", **dict.fromkeys(range(0xD800, 0xE000), "\ufffd")}


def storable(text: str) -> str:
    """Return the text with what no database keeps (NUL, half an emoji) as U+FFFD, same length."""
    return text.translate(_UNSTORABLE)
