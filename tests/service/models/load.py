"""A service asked without a pause, and what it answers."""

import http.client
import json
import threading
import time
from dataclasses import dataclass, field

PATIENCE = 30  # seconds
BODY = json.dumps({"text": "等了三天还没发货，打了两次电话都没人接！"}).encode()
HEADERS = {"Content-Type": "application/json"}


def model_of(path, reply):
    verdict = reply["verdict"] if path == "/v1/tickets" else reply
    return verdict["model"]["hash"]


@dataclass
class Load:
    """Threads that ask without a pause, and what they were told."""

    port: int
    stop: threading.Event = field(default_factory=threading.Event)
    seen: dict = field(default_factory=dict)
    failed: list = field(default_factory=list)

    def run(self, number):
        path = ("/v1/triage", "/v1/tickets")[number % 2]
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        while not self.stop.is_set():
            try:
                self.ask(connection, path)
            except Exception as error:  # a lost connection is a failed request
                self.failed.append((path, repr(error)))
                return

    def ask(self, connection, path):
        connection.request("POST", path, BODY, HEADERS)
        reply = connection.getresponse()
        content = reply.read()
        if reply.status not in (200, 201):
            self.failed.append((path, reply.status, content))
            return
        told = (path, model_of(path, json.loads(content)))
        self.seen[told] = self.seen.get(told, 0) + 1

    def wait_by(self, path, hash_):
        """Wait until a verdict of a model came by one way."""
        for _ in range(PATIENCE * 50):
            if (path, hash_) in self.seen:
                return True
            time.sleep(0.02)
        return False

    def wait(self, hash_):
        """Wait until verdicts of a model came by both ways since now."""
        wanted = [(path, hash_) for path in ("/v1/triage", "/v1/tickets")]
        before = [self.seen.get(told, 0) for told in wanted]
        for _ in range(PATIENCE * 50):
            if all(self.seen.get(t, 0) > n for t, n in zip(wanted, before, strict=True)):
                return True
            time.sleep(0.02)
        return False


def until_ready(running, port):
    for _ in range(PATIENCE * 40):
        assert running.poll() is None, running.stderr.read()
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/ready")
            assert connection.getresponse().status == 200
        except OSError:
            time.sleep(0.05)
        else:
            return
        finally:
            connection.close()
    raise AssertionError("never ready")
