"""What the page of a ticket shows, put together from what the desk knows of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from service.api.tickets import ticket_detail
from service.api.views import shown
from service.desk.desk import Desk
from service.people.access import Principal
from service.web.marks import promised, quotes_of, segments
from triage.taxonomy import Taxonomy


def ticket_page(desk: Desk, ticket_id: str, who: Principal) -> dict[str, Any]:
    """Return everything the page shows, as this person may see it. Raises NotFoundError."""
    detail = shown(ticket_detail(desk, ticket_id), who)
    return {
        **detail,
        "talk": talk(detail),
        "routes": routes(detail["events"]),
        "selected": selected(detail["events"]),
        "task": open_task(detail["follow_ups"]),
        "merged": merged(detail["events"]),
        "scores": ranked(detail["verdict"], desk.engine.taxonomy),
    }


def talk(detail: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the messages, the oldest first, each cut into marked pieces."""
    quotes = quotes_of(detail["verdict"])
    told = []
    for message in detail["messages"]:
        made = [item for item in detail["promises"] if item["message_id"] == message["id"]]
        here = [*quotes.get(message["id"], ()), *promised(message["text"], made)]
        told.append({**message, "pieces": segments(message["text"], here)})
    return told


def routes(events: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the moves between queues, the newest first, each with its reasons."""
    return [event for event in reversed(events) if event["kind"] == "queue.changed"]


def selected(events: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """Return why the ticket was selected to be labelled, unless a person has looked since."""
    for event in reversed(events):
        if event["kind"] == "label.corrected":
            return None
        if event["kind"] == "review.selected":
            data: Mapping[str, Any] = event["data"]
            return data
    return None


def open_task(follow_ups: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """Return the follow-up call that is still to be made."""
    return next((task for task in follow_ups if task["outcome"] is None), None)


def merged(events: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the tickets that are merged into this one now."""
    held: dict[str, None] = {}
    for event in events:
        source = event["data"].get("source")
        if event["kind"] == "ticket.merged":
            held[source] = None
        elif event["kind"] == "ticket.split":
            held.pop(source, None)
    return list(held)


def ranked(verdict: Mapping[str, Any] | None, taxonomy: Taxonomy) -> list[tuple[str, float]]:
    """Return the scores of the issues, the highest first, and each child below its parent."""
    scores: Mapping[str, float] = (verdict or {}).get("scores", {})
    order = {code: k for k, code in enumerate(scores)}

    def place(item: tuple[str, float]) -> tuple[float, int, bool, float]:
        code, score = item
        above = taxonomy.root(code)
        above = above if above in scores else code
        return -scores[above], order[above], code != above, -score

    return sorted(scores.items(), key=place)
