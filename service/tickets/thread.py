"""A conversation as one text for the engine, and what it says put back on its messages."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

_JOIN = "\n"
_PLACED = ("evidence", "signals", "remedy", "entities", "aspects", "promises")


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a ticket. `author` is customer, agent, auto or note."""

    id: str
    author: str
    text: str
    at: datetime
    channel: str | None = None
    name: str | None = None
    settled: bool = False
    external_id: str | None = None


@dataclass(frozen=True, slots=True)
class Thread:
    """What the customer said, newest first, and which message each stretch came from."""

    text: str
    messages: tuple[Message, ...]

    def place(self, start: int) -> tuple[Message, int]:
        """Return the message that holds a position of the text, and where it begins there."""
        begin = 0
        for message in self.messages:
            if start < begin + len(message.text):
                return message, begin
            begin += len(message.text) + len(_JOIN)
        return self.messages[-1], len(self.text) - len(self.messages[-1].text)


def thread_of(messages: Iterable[Message], limit: int) -> Thread:
    """Join the customer's messages, newest first, up to `limit` characters.

    What the customer called over is over: the messages before a settled one are left out,
    unless it is the newest, which the engine reads together with what it settles.
    """
    said = sorted((m for m in messages if m.author == "customer"), key=_when, reverse=True)
    kept: list[Message] = []
    length = 0
    for message in said:
        length += len(message.text) + len(_JOIN)
        if kept and (length > limit or message.settled):
            break
        kept.append(message)
    return Thread(_JOIN.join(message.text for message in kept), tuple(kept))


def _when(message: Message) -> tuple[datetime, str]:
    return message.at, message.id


def placed(verdict: Mapping[str, Any], thread: Thread) -> dict[str, Any]:
    """Return the verdict with every quote on its own message: `message_id`, start, end there.

    Where a quote runs over the end of a message, the part in its first message stays.
    """
    found = {name: _placed(verdict[name], thread) for name in _PLACED}
    return {**verdict, **found}


def _placed(quotes: Sequence[Mapping[str, Any]], thread: Thread) -> list[dict[str, Any]]:
    return [_one(quote, thread) for quote in quotes]


def _one(quote: Mapping[str, Any], thread: Thread) -> dict[str, Any]:
    message, begin = thread.place(quote["start"])
    start = max(0, quote["start"] - begin)
    end = min(quote["end"] - begin, len(message.text))
    text = message.text[start:end]
    return {**quote, "text": text, "start": start, "end": end, "message_id": message.id}


def settled_now(verdict: Mapping[str, Any], thread: Thread) -> bool:
    """Whether the newest message calls the matter over, in a verdict that is `placed`."""
    newest = thread.messages[0].id
    signals = verdict.get("signals", ())
    return any(s["kind"] == "settled" and s["message_id"] == newest for s in signals)
