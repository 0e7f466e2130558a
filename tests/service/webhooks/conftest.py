"""A receiver that answers as it is told, and senders that are closed after use."""

import threading
from contextlib import ExitStack
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from service.webhooks.sender import Sender
from service.webhooks.signing import new_secret


@dataclass
class Request:
    path: str
    headers: dict
    body: bytes
    peer: tuple


class Receiver(ThreadingHTTPServer):
    """Remembers what came; `answer` writes the reply. `released` ends what answers wait for."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.requests, self.answer, self.released = [], say(204), threading.Event()
        self.url = f"http://127.0.0.1:{self.server_port}/hook?a=1"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.requests.append(Request(self.path, headers, body, self.client_address))
        self.server.answer(self)

    do_GET = do_POST  # noqa: N815

    def log_message(self, *_):
        pass


def say(status, headers=(), body=b""):
    """An answer of this status."""

    def answer(handler):
        handler.send_response(status)
        for name, value in (("Content-Length", str(len(body))), *headers):
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


@pytest.fixture
def receiver():
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.released.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def make_sender():
    with ExitStack() as stack:

        def make(**options):
            return stack.enter_context(Sender(**{"allow_private": True, **options}))

        yield make


@pytest.fixture
def secret():
    return new_secret()


@pytest.fixture
def post(make_sender, receiver, secret):
    """Send one message to the receiver."""
    sender = make_sender()

    def send(url=None, **options):
        return sender.send(url or receiver.url, secret, "msg_1", b'{"a": 1}', **options)

    return send
