"""Where the connection really goes, whatever the name says a moment later."""

import socket
import ssl
import threading
import time

import httpcore
import pytest

from service.webhooks.addresses import check
from service.webhooks.connections import Deadline

PUBLIC, OTHER = "93.184.216.34", "1.1.1.1"
ANSWER = b"HTTP/1.1 204 No Content\r\n\r\n"


class Stream(httpcore.MockStream):
    """Answers 204; tells the network of the name under which TLS was asked for."""

    def __init__(self, network):
        super().__init__([ANSWER])
        self.network = network

    def start_tls(self, ssl_context, server_hostname=None, timeout=None):
        self.network.tls.append((ssl_context, server_hostname))
        return self

    def write(self, buffer, timeout=None):
        self.network.written += buffer

    def close(self):
        self.network.closed += 1


class Network(httpcore.NetworkBackend):
    """Remembers where connections were made to; those to `dead` addresses fail."""

    def __init__(self, dead=()):
        self.dead, self.connected, self.tls, self.written = dead, [], [], b""
        self.timeouts, self.closed = [], 0

    def connect_tcp(self, host, port, timeout=None, local_address=None, socket_options=None):
        self.connected.append((host, port))
        self.timeouts.append(timeout)
        if host in self.dead:
            raise httpcore.ConnectError("unreachable")
        return Stream(self)


class Names:
    """A resolver that gives another answer each time; the last one stays."""

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), []

    def __call__(self, host, port):
        self.asked.append((host, port))
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@pytest.fixture
def send(make_sender, secret):
    def send(url="https://hook.example/in", *, timeout=10.0, **options):
        sender = make_sender(**{"allow_private": False, **options})
        return sender.send(url, secret, "msg_1", b"{}", timeout=timeout)

    return send


def test_the_connection_goes_to_the_address_and_the_certificate_is_for_the_name(send):
    network, tls = Network(), ssl.create_default_context()
    assert send(resolve=Names([PUBLIC]), network=network, tls=tls).delivered
    assert network.connected == [(PUBLIC, 443)]
    assert network.tls == [(tls, "hook.example")]
    assert b"host: hook.example\r\n" in network.written.lower()


def test_certificates_are_verified_unless_somebody_says_otherwise(send):
    network = Network()
    send(resolve=Names([PUBLIC]), network=network)
    [(tls, _)] = network.tls
    assert tls.verify_mode is ssl.CERT_REQUIRED
    assert tls.check_hostname


def test_a_name_is_resolved_once_for_a_connection_so_it_cannot_move_after_the_check(send):
    names, network = Names([PUBLIC], ["127.0.0.1"]), Network()
    assert send(resolve=names, network=network).delivered
    assert names.asked == [("hook.example", 443)]
    assert network.connected == [(PUBLIC, 443)]


def test_a_name_that_has_moved_inside_since_it_was_saved_is_refused_unconnected(send, receiver):
    names = Names([PUBLIC], ["127.0.0.1"])
    url = f"https://hook.example:{receiver.server_port}/"
    check(url, resolve=names)
    outcome = send(url, resolve=names)
    assert (outcome.status, outcome.delivered, outcome.retry) == (None, False, True)
    assert "127.0.0.1" in outcome.error
    assert "FENZHEN_ALLOW_PRIVATE_WEBHOOKS" in outcome.error
    assert receiver.requests == []


def test_one_inner_address_among_public_ones_is_refused_unconnected(send):
    network = Network()
    assert send(resolve=Names([PUBLIC, "10.0.0.1"]), network=network).status is None
    assert network.connected == []


def test_a_name_reaches_a_receiver_of_the_own_network_where_that_is_allowed(send, receiver):
    url = f"http://desk.example:{receiver.server_port}/in"
    assert send(url, allow_private=True, resolve=Names(["127.0.0.1"])).delivered
    assert receiver.requests[0].headers["host"] == f"desk.example:{receiver.server_port}"


def test_two_names_behind_one_address_do_not_share_a_connection(make_sender, receiver, secret):
    sender = make_sender(resolve=Names(["127.0.0.1"]))
    for name in ("one.example", "two.example"):
        sender.send(f"http://{name}:{receiver.server_port}/", secret, "msg_1", b"{}")
    assert len({request.peer for request in receiver.requests}) == 2


def test_an_address_that_does_not_answer_is_followed_by_the_next(send):
    network = Network(dead={PUBLIC})
    assert send(resolve=Names([PUBLIC, OTHER]), network=network).delivered
    assert network.connected == [(PUBLIC, 443), (OTHER, 443)]


def test_where_no_address_answers_the_outcome_says_so(send):
    outcome = send(resolve=Names([PUBLIC, OTHER]), network=Network(dead={PUBLIC, OTHER}))
    assert (outcome.status, outcome.retry) == (None, True)
    assert "unreachable" in outcome.error


def test_an_address_of_version_six_is_named_in_brackets(send):
    network = Network()
    url = "https://[2606:4700:4700::1111]:8443/"
    assert send(url, resolve=lambda host, port: (host,), network=network).delivered
    assert network.connected == [("2606:4700:4700::1111", 8443)]
    assert b"host: [2606:4700:4700::1111]:8443\r\n" in network.written.lower()


def test_a_name_that_nobody_knows_is_an_outcome(send):
    def unknown(host, port):
        raise socket.gaierror(-2, "Name or service not known")

    outcome = send(resolve=unknown)
    assert (outcome.status, outcome.retry) == (None, True)
    assert "not known" in outcome.error


def test_a_name_without_addresses_is_an_outcome(send):
    assert send(resolve=Names([])).retry


def test_a_resolver_that_hangs_is_left_in_time(send):
    released = threading.Event()

    def hang(host, port):
        released.wait(5)
        return [PUBLIC]

    began = time.monotonic()
    outcome = send(resolve=hang, network=Network(), timeout=0.1)
    released.set()
    assert time.monotonic() - began < 2.5
    assert (outcome.status, outcome.retry) == (None, True)
    assert "0.1 s" in outcome.error


def test_connecting_alone_has_five_seconds_or_less_where_less_is_left(send):
    network = Network()
    send(resolve=Names([PUBLIC]), network=network)
    send(resolve=Names([PUBLIC]), network=network, timeout=2.0)
    assert 4 < network.timeouts[0] <= 5
    assert 1 < network.timeouts[1] <= 2


def test_names_that_nobody_waits_for_any_more_are_not_resolved(make_sender, secret):
    released, asked = threading.Event(), []

    def hang(host, port):
        asked.append(host)
        released.wait(5)
        return [PUBLIC]

    sender = make_sender(resolve=hang, network=Network())
    for number in range(9):
        url = f"https://{number}.example/"
        assert sender.send(url, secret, "msg_1", b"{}", timeout=0.03).status is None
    released.set()
    assert sender.send("https://last.example/", secret, "msg_1", b"{}").delivered
    assert "8.example" not in asked  # eight threads resolve; this one was still waiting


def test_a_closed_sender_keeps_neither_connections_nor_threads(make_sender, secret):
    network = Network()
    sender = make_sender(resolve=Names([PUBLIC]), network=network)
    sender.send("https://hook.example/", secret, "msg_1", b"{}")
    assert network.closed == 0
    sender.close()
    assert network.closed == 1
    resolving = [t for t in threading.enumerate() if t.name.startswith("webhook-dns")]
    for thread in resolving:
        thread.join(2)
    assert [thread for thread in resolving if thread.is_alive()] == []


def test_a_step_may_take_its_own_time_or_what_is_left_of_the_whole():
    deadline = Deadline()
    assert deadline.left(None) is None
    with deadline.within(60):
        assert deadline.left(5) == 5
        assert 50 < deadline.left(None) <= 60
    assert deadline.left(300) == 300


def test_no_step_begins_after_the_end():
    deadline = Deadline()
    with deadline.within(0), pytest.raises(httpcore.TimeoutException):
        deadline.left(5)


def test_the_deadline_of_one_thread_is_not_that_of_another():
    deadline, seen = Deadline(), []
    with deadline.within(0):
        other = threading.Thread(target=lambda: seen.append(deadline.left(5)))
        other.start()
        other.join()
    assert seen == [5]
