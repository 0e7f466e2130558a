"""An analyst's day, with the commands and the service as they are: from her table to a model in
use, from forty corrections to a better one, and back.
"""

import json
import os
import shutil
import subprocess
import threading
import urllib.request

import pytest

from tests.e2e.broadband import export, rows
from tests.service.models.load import Load, until_ready
from tests.unit.cli.conftest import COMMAND
from tests.unit.cli.test_serve import free_port
from triage.resources import default_model

pytestmark = pytest.mark.slow
THREADS = 4
PATIENCE = 300


class Desk:
    """A folder, the commands run in it, and the service that watches it."""

    def __init__(self, folder):
        self.folder, self.port = folder, free_port()
        place = f"sqlite:///{folder}/fenzhen.db"
        self.env = os.environ | {
            "FENZHEN_DATABASE_URL": place,
            "FENZHEN_SECRET_FILE": f"{folder}/secret.key",
            "FENZHEN_MODELS": f"{folder}/models",
        }

    def triage(self, *args, code=0):
        done = subprocess.run(
            [*COMMAND, *map(str, args)],
            cwd=self.folder,
            env=self.env,
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
        out, err = done.stdout.decode(), done.stderr.decode()
        assert done.returncode == code, out + err
        return out + err

    def told(self, *args):
        """Return what a command prints as JSON."""
        return json.loads(self.triage(*args, "--json").splitlines()[-1])

    def ask(self, path, body=None):
        url = f"http://127.0.0.1:{self.port}{path}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=PATIENCE) as reply:
            return json.load(reply)

    def train(self, name):
        self.triage(
            "train", "--base", "models/default", "--data", "mine", "--out", f"models/{name}"
        )

    def promote(self, name):
        self.triage("promote", f"models/{name}", "--data", "mine", "--by", "小李")
        return self.champion()

    def champion(self):
        registry = json.loads((self.folder / "models" / "registry.json").read_text("utf-8"))
        return registry["champion"]["hash"]


@pytest.fixture
def desk(tmp_path):
    shutil.copytree(default_model(), tmp_path / "models" / "default")
    (tmp_path / "客服导出.csv").write_bytes(export())
    return Desk(tmp_path)


@pytest.fixture
def running(desk):
    """The desk with its service up."""
    with subprocess.Popen(
        [*COMMAND, "serve", "--port", str(desk.port)],
        cwd=desk.folder,
        env=desk.env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            until_ready(process, desk.port)
            yield desk
        finally:
            process.kill()


def macro_f1(compared):
    return next(part for part in compared["overall"] if part["figure"] == "macro_f1")


def under_load(desk, act, old):
    """Return the new champion that `act` made, and the load that went on meanwhile."""
    load = Load(desk.port)
    threads = [threading.Thread(target=load.run, args=(n,)) for n in range(THREADS)]
    for thread in threads:
        thread.start()
    try:
        assert load.wait(old), load.failed
        new = act()
        assert load.wait(new), load.failed
    finally:
        load.stop.set()
        for thread in threads:
            thread.join(PATIENCE)
    assert load.failed == []
    assert {hash_ for _, hash_ in load.seen} == {old, new}
    return new


def corrected(desk, number):
    """Write to the desk, and correct what it made of it; return the ticket."""
    text = f"{rows()[number][1]}另外发票一直没有寄来，第{number}回说了。"
    ticket = desk.ask("/v1/tickets", {"text": text})["ticket"]
    wanted = {"issues": ["follow_up_neglect"], "urgency": 2, "reason": "wrong_issue"}
    desk.ask(f"/v1/tickets/{ticket['id']}/corrections", wanted)
    return ticket["id"]


def test_from_a_table_to_a_model_in_use_to_a_better_one_and_back(running):
    desk = running
    first = desk.ask("/v1/triage", {"text": "等了三天还没发货"})["model"]["hash"]

    # Her export: GB18030, columns with names of their own.
    assert "来电内容摘要" in desk.triage("data", "import", "客服导出.csv", "--out", "mine")
    desk.triage("data", "check", "mine")
    desk.triage("data", "split", "mine")
    desk.train("mine")

    compared = desk.told("compare", "models/default", "models/mine", "mine", "--held-out")
    assert macro_f1(compared)["trend"] == "better"

    second = under_load(desk, lambda: desk.promote("mine"), first)
    assert second != first

    tickets = [corrected(desk, number) for number in range(20)]
    assert "20" in desk.triage("data", "pull", "--out", "mine")
    pulled = [
        json.loads(line)
        for line in (desk.folder / "mine" / "inbox.jsonl").read_text("utf-8").splitlines()
    ]
    assert {row["id"] for row in pulled} == {f"inbox-{ticket}" for ticket in tickets}
    assert all(row["issues"] == ["follow_up_neglect"] and row["urgency"] == 2 for row in pulled)

    desk.train("better")
    third = under_load(desk, lambda: desk.promote("better"), second)
    verdict = desk.ask("/v1/triage", {"text": "约好的事没办，另外发票一直没有寄来，第30回说了。"})
    assert verdict["model"]["hash"] == third
    assert "follow_up_neglect" in verdict["issues"]

    desk.triage("rollback", "--by", "小李")
    assert desk.champion() == second
    history = (desk.folder / "models" / "history.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["what"] for line in history] == ["promotion", "promotion", "rollback"]
    load = Load(desk.port)
    thread = threading.Thread(target=load.run, args=(0,))
    thread.start()
    assert load.wait_by("/v1/triage", second)
    load.stop.set()
    thread.join(PATIENCE)
