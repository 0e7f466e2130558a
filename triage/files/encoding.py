"""Which encoding a text file is in: UTF-8, UTF-16, GB18030 or Big5."""

import codecs
import gzip
import io
import re
from pathlib import Path
from typing import IO, cast

_SAMPLE = 1 << 18
_BOMS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
# A stray bad byte does not make a UTF-8 file GB18030: so many bad marks a thousand do.
_BAD_PER_MILLE = 10


def open_bytes(path: Path) -> IO[bytes]:
    """Open a file for reading, through gzip where its name ends in .gz."""
    if path.suffix.lower() == ".gz":
        return cast("IO[bytes]", gzip.open(path, "rb"))
    return path.open("rb")


def detect(sample: bytes) -> str:
    """Name the encoding of a file from its first bytes."""
    for bom, name in _BOMS.items():
        if sample.startswith(bom):
            return name
    decoded = sample.decode("utf-8", "replace")
    bad = decoded[:-1].count("\ufffd")  # the sample may end inside a character
    if bad * 1000 <= _BAD_PER_MILLE * max(1, len(decoded)):
        return "utf-8"
    return _chinese(sample)


def _chinese(sample: bytes) -> str:
    """Tell Big5 from GB18030 by the second bytes of its characters.

    In Big5 nearly half of them are ASCII (0x40-0x7E); in GB text only those of rare
    characters are. Statistical guessers need more text than a short file holds.
    """
    pairs = re.findall(rb"[\x81-\xfe][\x40-\x7e\x80-\xfe]", sample)
    ascii_ends = sum(pair[1] <= 0x7E for pair in pairs)
    return "big5hkscs" if ascii_ends * 5 > len(pairs) else "gb18030"


def open_text(path: Path) -> IO[str]:
    """Open a text file in the encoding it turns out to be in.

    Bytes that are invalid in it become U+FFFD: one damaged line must not lose the others.
    """
    with open_bytes(path) as raw:
        name = detect(raw.read(_SAMPLE))
    return io.TextIOWrapper(open_bytes(path), encoding=name, errors="replace", newline="")
