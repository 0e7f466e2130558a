"""A service under load while its champion changes back and forth: no request fails."""

import os
import subprocess
import threading

import pytest

from tests.service.models.load import PATIENCE, Load, until_ready
from tests.unit.cli.conftest import COMMAND
from tests.unit.cli.test_serve import free_port

THREADS = 8
SWAPS = 4


@pytest.fixture
def service(models, tmp_path, root):
    """A process of its own that serves the champion of the registry, and its port."""
    models.champion("one")
    port = free_port()
    own = {"FENZHEN_MODELS": str(models.root), "FENZHEN_DATABASE_URL": f"sqlite:///{tmp_path}/t.db"}
    with subprocess.Popen(
        [*COMMAND, "serve", "--port", str(port)],
        cwd=root,
        env=os.environ | own,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    ) as running:
        try:
            until_ready(running, port)
            yield port
        finally:
            running.kill()


def test_no_request_fails_while_the_champion_changes_under_load(service, models):
    load = Load(service)
    threads = [threading.Thread(target=load.run, args=(n,)) for n in range(THREADS)]
    for thread in threads:
        thread.start()
    try:
        assert load.wait(models.hash("one"))
        for swap in range(SWAPS):
            name = ("two", "one")[swap % 2]
            models.champion(name)
            assert load.wait(models.hash(name)), load.failed
    finally:
        load.stop.set()
        for thread in threads:
            thread.join(PATIENCE)
    assert load.failed == []
    hashes = {models.hash("one"), models.hash("two")}
    assert load.seen.keys() == {(p, h) for p in ("/v1/triage", "/v1/tickets") for h in hashes}
    assert sum(load.seen.values()) > 100
