"""Which encoding a text file is in: UTF-8, UTF-16, GB18030 or Big5."""

import codecs
import gzip
import io
from pathlib import Path
from typing import IO, cast

from charset_normalizer import from_bytes

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
    if path.suffix == ".gz":
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
    whole = sample[: sample.rfind(b"\n") + 1] or sample
    guess = from_bytes(whole, cp_isolation=["gb18030", "big5hkscs"]).best()
    return guess.encoding if guess else "gb18030"


def open_text(path: Path) -> IO[str]:
    """Open a text file in the encoding it turns out to be in.

    Bytes that are invalid in it become U+FFFD: one damaged line must not lose the others.
    """
    with open_bytes(path) as raw:
        name = detect(raw.read(_SAMPLE))
    return io.TextIOWrapper(open_bytes(path), encoding=name, errors="replace", newline="")
