"""The texts a small encoder learns to read: everything at hand but what measures it."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path

from triage.records import Example
from triage.text.clean_all import clean_all
from triage.text.script import all_simplified
from triage.training.corpus import raw_rows, read_collection
from triage.training.scope import is_held_out
from triage.training.splits import held_out_of, without_near

MEASURED = ("chnsenticorp_dev.csv.gz",)  # a public test set: never read but to measure
_COLUMNS = ("text", "answer")
_CHUNK = 4096
_LEAST = 4  # characters


def read_plain(data: Sequence[Path], collections: Path | None) -> list[str]:
    """Return every text at hand, cleaned and in Simplified characters, each once.

    Held-out texts, what is a near-duplicate of one, and public test sets are left out: a
    model that has read them, even without labels, cannot be measured on them.
    """
    frozen = held_out_of(data)
    held = {*frozen["test"], *frozen["dev"]}
    everything = list(_examples(data, collections))
    aside = [e for e in everything if e.id in held or e.source in MEASURED or is_held_out(e.id)]
    names = {id(example) for example in aside}
    rest = [example for example in everything if id(example) not in names]
    return list(dict.fromkeys(_plain(e.text for e in without_near(rest, aside))))


def _examples(data: Sequence[Path], collections: Path | None) -> Iterator[Example]:
    """Yield each text under its id; what is unreadable is for other commands to tell."""
    for _, row in raw_rows(data):
        if isinstance(row, dict) and isinstance(row.get("text"), str):
            yield _example(str(row["id"]), row["text"], str(row["source"]))
    files = sorted(collections.glob("*.csv.gz")) if collections else []
    for file in files:
        for line in read_collection(file):
            texts = (line.get(column) for column in _COLUMNS)
            yield from (_example(line["id"], text, file.name) for text in texts if text)


def _example(name: str, text: str, source: str) -> Example:
    return Example(name, text, None, None, None, source)


def _plain(texts: Iterable[str]) -> Iterator[str]:
    rows = list(texts)
    chunks = (rows[k : k + _CHUNK] for k in range(0, len(rows), _CHUNK))
    cleaned = chain.from_iterable(map(clean_all, chunks))
    whole = [item.text.replace("\x00", " ") for item in cleaned]
    return (text for text in all_simplified(whole) if len(text.strip()) >= _LEAST)
