"""Notice that another model judges: from the engine of the desk and from what was judged."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from sqlalchemy import Connection, Engine

from service.db.engine import writing
from service.db.switches import (
    NOBODY,
    Switch,
    alone,
    drop_switch,
    has_judged,
    judging_since,
    put_switch,
    runs,
    switches,
)
from service.tickets.ids import first_id, made_at

# Two processes do not change at the same moment, and a command may judge with a model of its
# own: what is shorter than the shortest bucket of a trend is no change of the desk's model.
_LASTING = timedelta(hours=1)


def take_note(database: Engine, model_hash: str, now: datetime) -> bool:
    """Keep every change up to the model that now serves; False: somebody else just did.

    What was judged since the last known change is read once. The one change that needs no
    verdict to be believed is that to the model that serves.
    """
    with database.connect() as connection:
        known = switches(connection)
        found = list(_lasting(_runs(connection, known), _last(known), now))
    with writing(database) as connection:
        alone(connection)
        if switches(connection) != known:
            return False
        for switch in found:
            put_switch(connection, switch)
        _serve(connection, [*known, *found], model_hash, now)
    return True


def _last(known: Sequence[Switch]) -> str:
    return known[-1].after if known else NOBODY


def _runs(connection: Connection, known: Sequence[Switch]) -> Sequence[tuple[str, str]]:
    return runs(connection, first_id("v", known[-1].switched_at) if known else "")


def _lasting(found: Sequence[tuple[str, str]], before: str, now: datetime) -> Iterator[Switch]:
    """Tell the changes of models that judged alone for a while; the first one needs no while."""
    bounds = pairwise([*(made_at(id_) for id_, _ in found), now])
    for (_, after), (start, end) in zip(found, bounds, strict=True):
        if after != before and (before == NOBODY or end - start >= _LASTING):
            yield Switch(before, after, start, start)
            before = after


def _serve(connection: Connection, known: list[Switch], model_hash: str, now: datetime) -> None:
    while _last(known) != model_hash and known and not _was_used(connection, known[-1]):
        drop_switch(connection, known.pop())
    before = _last(known)
    if before != model_hash:
        at = judging_since(connection, model_hash) or now
        put_switch(connection, Switch(before, model_hash, at, at))


def _was_used(connection: Connection, switch: Switch) -> bool:
    return has_judged(connection, switch.after, switch.switched_at)
