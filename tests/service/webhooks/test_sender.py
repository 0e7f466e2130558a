import socket
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from service.webhooks.sender import BODY_LIMIT
from service.webhooks.signing import SecretError, new_secret, verify
from tests.service.webhooks.conftest import say

PATIENCE = 5.0  # seconds after which something that should have been cut was not


def test_a_message_that_is_accepted_is_delivered_once_and_signed(post, receiver, secret):
    outcome = post()
    assert (outcome.status, outcome.delivered, outcome.retry) == (204, True, False)
    assert outcome.error == ""
    [request] = receiver.requests
    assert request.path == "/hook?a=1"
    assert request.body == b'{"a": 1}'
    assert request.headers["content-type"] == "application/json"
    assert request.headers["host"] == f"127.0.0.1:{receiver.server_port}"
    assert request.headers["webhook-id"] == "msg_1"
    verify(secret, request.headers, request.body)


def test_during_a_rotation_the_old_secret_still_fits(make_sender, receiver, secret):
    old = new_secret()
    make_sender().send(receiver.url, [secret, old], "msg_1", b"{}")
    verify(old, receiver.requests[0].headers, b"{}")


def test_the_connection_is_kept_for_the_next_message(post, receiver):
    receiver.answer = say(200, body=b"x" * 1000)
    assert [post().status for _ in range(3)] == [200] * 3
    assert len({request.peer for request in receiver.requests}) == 1


def test_an_answer_that_never_ends_is_not_read_to_its_end(post, receiver):
    written = []

    def endless(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", str(1 << 30))
        handler.end_headers()
        try:
            while time.monotonic() < began + PATIENCE and not receiver.released.is_set():
                written.append(handler.wfile.write(b"x" * 65_536))
        except OSError:
            receiver.released.set()

    receiver.answer = endless
    began = time.monotonic()
    assert post().delivered
    assert time.monotonic() - began < PATIENCE
    assert receiver.released.wait(PATIENCE)  # the connection was closed on it
    assert sum(written) < 64 << 20
    assert sum(written) > BODY_LIMIT


def test_an_answer_that_breaks_off_after_its_status_is_delivered(post, receiver):
    def broken(handler):
        handler.send_response(202)
        handler.send_header("Content-Length", "100")
        handler.end_headers()
        handler.close_connection = True

    receiver.answer = broken
    assert (post().delivered, post().status) == (True, 202)


def test_a_redirect_is_not_followed(post, receiver):
    receiver.answer = say(302, [("Location", f"http://127.0.0.1:{receiver.server_port}/other")])
    outcome = post()
    assert (outcome.status, outcome.delivered, outcome.retry) == (302, False, True)
    assert "redirect" in outcome.error
    assert len(receiver.requests) == 1


def test_a_receiver_that_is_gone_is_not_tried_again(post, receiver):
    receiver.answer = say(410)
    outcome = post()
    assert (outcome.status, outcome.delivered, outcome.retry) == (410, False, False)
    assert outcome.gone


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500, 503])
def test_every_other_refusal_is_tried_again(post, receiver, status):
    receiver.answer = say(status)
    outcome = post()
    assert (outcome.status, outcome.delivered, outcome.retry) == (status, False, True)
    assert str(status) in outcome.error
    assert not outcome.gone
    assert outcome.retry_after is None


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120),
        ("0", 0),
        (" 7 ", 7),
        ("Mon, 02 Mar 2026 09:31:00 GMT", 60),
        ("Mon, 02 Mar 2026 09:31:00 -0000", 60),
        ("Mon, 02 Mar 2026 09:00:00 GMT", 0),
        ("Mon, 02 Mar 2099 09:00:00 GMT", 86_400),
        ("999999", 86_400),
        ("9" * 5000, 86_400),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("", None),
        ("Mon, 99 Foo 2026", None),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_the_wait_that_a_receiver_asks_for_is_read(
    make_sender, receiver, secret, status, text, seconds
):
    receiver.answer = say(status, [("Retry-After", text)])
    sender = make_sender(clock=lambda: datetime(2026, 3, 2, 9, 30, tzinfo=UTC))
    wait = sender.send(receiver.url, secret, "msg_1", b"{}").retry_after
    assert wait == (None if seconds is None else timedelta(seconds=seconds))


def test_a_wait_beside_another_status_is_not_honoured(post, receiver):
    receiver.answer = say(500, [("Retry-After", "120")])
    assert post().retry_after is None


def test_a_receiver_that_does_not_answer_is_left_in_time(post, receiver):
    receiver.answer = lambda _: receiver.released.wait(PATIENCE)
    began = time.monotonic()
    outcome = post(timeout=0.1)
    assert time.monotonic() - began < PATIENCE / 2
    assert (outcome.status, outcome.delivered, outcome.retry) == (None, False, True)
    assert "0.1 s" in outcome.error


def test_a_receiver_that_answers_byte_by_byte_is_left_in_time_too(post, receiver):
    def drip(handler):
        try:
            while time.monotonic() < began + PATIENCE and not receiver.released.wait(0.02):
                handler.wfile.write(b"H")
        except OSError:
            pass

    receiver.answer = drip
    began = time.monotonic()
    outcome = post(timeout=0.3)
    assert 0.2 < time.monotonic() - began < PATIENCE / 2
    assert (outcome.status, outcome.retry) == (None, True)


def test_a_body_that_drips_after_a_good_status_holds_nobody_and_is_delivered(post, receiver):
    def drip(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", "100000")
        handler.end_headers()
        try:
            while time.monotonic() < began + PATIENCE and not receiver.released.wait(0.02):
                handler.wfile.write(b"x")
        except OSError:
            pass

    receiver.answer = drip
    began = time.monotonic()
    assert post(timeout=0.8).delivered
    assert time.monotonic() - began < PATIENCE / 2


def test_after_one_that_was_cut_the_next_message_has_its_full_time(post, receiver):
    receiver.answer = lambda _: receiver.released.wait(PATIENCE)
    assert post(timeout=0.1).status is None
    receiver.answer = say(204)
    assert post().delivered


def test_a_closed_port_is_an_outcome_and_no_exception(post):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        outcome = post(f"http://127.0.0.1:{taken.getsockname()[1]}/")
    assert (outcome.status, outcome.delivered, outcome.retry) == (None, False, True)
    assert "refused" in outcome.error


@pytest.mark.parametrize("reply", [b"", b"\x00\x01 nothing of HTTP\r\n\r\n"])
def test_a_receiver_that_does_not_speak_http_is_an_outcome(post, receiver, reply):
    def garble(handler):
        handler.wfile.write(reply)
        handler.close_connection = True

    receiver.answer = garble
    outcome = post()
    assert (outcome.status, outcome.delivered, outcome.retry) == (None, False, True)
    assert "ProtocolError" in outcome.error


def test_a_receiver_without_a_certificate_is_an_outcome(post, receiver):
    outcome = post(receiver.url.replace("http://", "https://"), timeout=2.0)
    assert (outcome.status, outcome.retry) == (None, True)
    assert receiver.requests == []


@pytest.mark.parametrize(
    "url", ["http://2130706433/", "ftp://hook.example/", "http://a:b@127.0.0.1/", "nothing"]
)
def test_a_url_that_is_refused_is_an_outcome(post, url):
    outcome = post(url)
    assert (outcome.status, outcome.delivered, outcome.retry) == (None, False, True)
    assert outcome.error


def test_a_secret_that_is_none_is_our_own_fault_and_raised(make_sender, receiver):
    with pytest.raises(SecretError):
        make_sender().send(receiver.url, "whsec_x", "msg_1", b"{}")
    assert receiver.requests == []


def test_the_environment_sends_no_message_through_a_proxy(monkeypatch, post, receiver):
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert post().delivered


def test_cookies_of_one_answer_do_not_go_with_the_next_message(post, receiver):
    receiver.answer = say(200, [("Set-Cookie", "a=b")])
    post()
    post()
    assert "cookie" not in receiver.requests[1].headers


def test_several_threads_share_one_sender(post, receiver):
    together = threading.Barrier(4)

    def meet(handler):
        together.wait(PATIENCE)  # passes only if four requests are here at the same time
        say(204)(handler)

    receiver.answer = meet
    outcomes = []
    threads = [threading.Thread(target=lambda: outcomes.append(post())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [outcome.delivered for outcome in outcomes] == [True] * 8
    assert len(receiver.requests) == 8


def test_who_finds_no_free_connection_is_told_so(make_sender, receiver, secret):
    sender = make_sender(connections=1)
    inside = threading.Event()

    def hold(handler):
        inside.set()
        receiver.released.wait(PATIENCE)
        say(204)(handler)

    receiver.answer = hold
    first = threading.Thread(target=sender.send, args=(receiver.url, secret, "msg_1", b"{}"))
    first.start()
    assert inside.wait(PATIENCE)
    outcome = sender.send(receiver.url, secret, "msg_2", b"{}", timeout=0.1)
    receiver.released.set()
    first.join()
    assert (outcome.status, outcome.retry) == (None, True)
    assert "no connection was free" in outcome.error
