"""The thread that shares one commit among many requests."""

import threading

import pytest

from service.desk.commands import Close, OpenTicket
from service.desk.writer import Writer
from service.errors import OverloadedError
from tests.service.desk.conftest import ANNA, refused


class Counting:
    """A desk that counts batches, and waits or fails if told."""

    def __init__(self):
        self.batches, self.free = [], threading.Event()
        self.error = None
        self.free.set()

    def run(self, commands):
        self.free.wait(10)
        self.batches.append(len(commands))
        if self.error:
            raise self.error
        return list(commands)


def opened(k=0):
    return OpenTicket(ANNA, text=f"快递{k}没到")


def test_what_gathers_is_done_in_few_transactions():
    desk = Counting()
    writer = Writer(desk, waiting=500)
    commands = [opened(k) for k in range(200)]
    futures = [writer.submit(command) for command in commands]
    writer.start()
    assert [future.result(10) for future in futures] == commands
    writer.stop()
    assert desk.batches[:4] == [64, 64, 64, 8]


def test_each_hears_of_its_own_command(desk):
    writer = Writer(desk, waiting=10)
    writer.start()
    good = writer.submit(opened())
    bad = writer.submit(Close(ANNA, ticket_id="t_none"))
    assert good.result(10).ticket_id
    refused(bad.result(10), "not_found")
    writer.stop()


def test_stopping_does_first_what_has_gathered():
    desk = Counting()
    desk.free.clear()
    writer = Writer(desk, waiting=500)
    writer.start()
    futures = [writer.submit(opened(k)) for k in range(100)]
    stopping = threading.Thread(target=writer.stop)
    stopping.start()
    desk.free.set()
    stopping.join(10)
    assert all(future.done() for future in futures)
    with pytest.raises(OverloadedError, match="stopping"):
        writer.submit(opened())


def test_a_full_queue_is_told_at_once():
    writer = Writer(Counting(), waiting=2)
    writer.submit(opened())
    writer.submit(opened())
    with pytest.raises(OverloadedError, match="Too many"):
        writer.submit(opened())


def test_whoever_waits_hears_of_a_fault_and_the_thread_lives_on():
    desk = Counting()
    writer = Writer(desk, waiting=10)
    writer.start()
    desk.error = RuntimeError("no")
    with pytest.raises(RuntimeError, match="no"):
        writer.submit(opened()).result(10)
    desk.error = None
    assert writer.submit(opened()).result(10)
    writer.stop()


def test_what_nobody_waits_for_any_more_is_not_done():
    desk = Counting()
    writer = Writer(desk, waiting=10)
    kept, dropped = writer.submit(opened(1)), writer.submit(opened(2))
    dropped.cancel()
    writer.start()
    assert kept.result(10)
    writer.stop()
    assert desk.batches[0] == 1
