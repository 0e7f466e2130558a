"""One thread that gathers the commands of many requests into few transactions."""

import queue
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from threading import Thread

from service.desk.batch import Result
from service.desk.commands import Command
from service.desk.desk import Desk
from service.errors import OverloadedError

_PATIENCE = 0.003  # seconds
_CROWD = 4  # commands in a transaction from which a little patience pays
_MOST = 64  # commands in one transaction
_Item = tuple[Command, "Future[Result]"]


class Writer:
    """Hands commands to the desk, as many at once as have gathered meanwhile.

    A commit to disk costs the same for one ticket as for sixty; under load they share it.
    """

    def __init__(
        self,
        desk: Desk,
        *,
        waiting: int,
        heard: Callable[[Sequence[Result]], None] = lambda _: None,
    ) -> None:
        self.desk = desk
        self._heard = heard
        self._queue: queue.Queue[_Item | None] = queue.Queue(waiting)
        self._stopping = False
        self._last = 0  # commands in the last transaction
        self._thread = Thread(target=self._work, name="fenzhen-writer", daemon=True)

    @property
    def waiting(self) -> int:
        """How many commands wait."""
        return self._queue.qsize()

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def stop(self) -> None:
        """Do what has gathered, then end."""
        self._stopping = True
        self._queue.put(None)
        self._thread.join()

    def submit(self, command: Command) -> "Future[Result]":
        """Return the future of a command. Raises OverloadedError where too many wait."""
        if self._stopping:
            raise OverloadedError("The service is stopping.", remedy="Try again in a minute.")
        future: Future[Result] = Future()
        try:
            self._queue.put_nowait((command, future))
        except queue.Full:
            raise OverloadedError(
                "Too many requests wait to be written.", remedy="Try again in a second."
            ) from None
        return future

    def _work(self) -> None:
        while items := self._gather():
            self._do([item for item in items if item])
            if None in items:
                return

    def _gather(self) -> list[_Item | None]:
        items = [self._queue.get()]
        while len(items) < _MOST and items[-1] is not None:
            try:
                items.append(self._next())
            except queue.Empty:
                break
        self._last = len(items)
        return items

    def _next(self) -> _Item | None:
        # Those that the last transaction answered are about to ask again: without a moment's
        # patience the clients fall into two halves that take turns, at twice the work.
        if self._last >= _CROWD:
            return self._queue.get(timeout=_PATIENCE)
        return self._queue.get_nowait()

    def _do(self, items: list[_Item]) -> None:
        wanted = [item for item in items if item[1].set_running_or_notify_cancel()]
        try:
            results = self.desk.run([command for command, _ in wanted])
            self._heard(results)
        except Exception as error:  # noqa: BLE001 - whoever waits must hear of it; the thread lives on
            for _, future in wanted:
                future.set_exception(error)
            return
        for (_, future), result in zip(wanted, results, strict=True):
            future.set_result(result)
