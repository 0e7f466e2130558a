import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

import pytest

from tests.unit.cli.conftest import COMMAND


@pytest.fixture
def uvicorn(monkeypatch):
    """Stand in for the web server; keeps what it was started with."""
    calls = []
    monkeypatch.setattr("uvicorn.run", lambda app, **options: calls.append((app, options)))
    return calls


@pytest.fixture
def serve(cli, tiny_model):
    return lambda *args: cli("serve", *args, "--model", tiny_model)


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def test_the_service_listens_on_this_machine_only_unless_told_otherwise(serve, uvicorn):
    assert serve().code == 0
    ((_, options),) = uvicorn
    assert (options["host"], options["port"]) == ("127.0.0.1", 8000)


def test_the_address_is_told_with_the_page_of_the_api(serve, uvicorn):
    out = serve("--host", "0.0.0.0", "--port", "9123").out
    assert "http://0.0.0.0:9123" in out
    assert "http://0.0.0.0:9123/docs" in out
    assert (uvicorn[0][1]["host"], uvicorn[0][1]["port"]) == ("0.0.0.0", 9123)


def test_an_address_of_ipv6_is_told_in_brackets(serve, uvicorn):
    assert "http://[::1]:8000" in serve("--host", "::1").out


def test_the_model_that_was_named_is_the_one_served(serve, uvicorn, tiny_engine):
    serve()
    assert uvicorn[0][0].state.fenzhen.engine.name == tiny_engine.name


def test_the_model_of_the_environment_is_served_when_none_is_named(
    cli, uvicorn, tiny_model, tiny_engine, monkeypatch
):
    monkeypatch.setenv("FENZHEN_MODEL", str(tiny_model))
    assert cli("serve").code == 0
    assert uvicorn[0][0].state.fenzhen.engine.name == tiny_engine.name


def test_a_model_that_is_not_there_is_refused_before_listening(cli, uvicorn, tmp_path):
    result = cli("serve", "--model", tmp_path / "nowhere")
    assert (result.code, result.out, uvicorn) == (2, "", [])
    assert "[bad_model]" in result.err


def test_a_policy_that_is_none_is_refused_before_listening(serve, uvicorn, put):
    result = serve("--policy", put("own.toml", "[oops]", "a = 1"))
    assert (result.code, uvicorn) == (2, [])
    assert "[bad_policy]" in result.err


def test_a_port_that_is_no_number_is_wrong_usage(serve, uvicorn):
    result = serve("--port", "web")
    assert (result.code, uvicorn) == (2, [])
    assert "--port" in result.err


@pytest.mark.parametrize("port", [-1, 65536, 99999])
def test_a_port_that_does_not_exist_is_refused_before_listening(serve, uvicorn, port):
    assert (serve("--port", port).code, uvicorn) == (2, [])


def test_a_setting_that_cannot_be_used_is_refused_in_a_sentence(serve, uvicorn, monkeypatch):
    monkeypatch.setenv("FENZHEN_WORKERS", "many")
    result = serve()
    assert (result.code, uvicorn) == (2, [])
    assert "workers" in result.err.lower()


# A process of its own


@pytest.fixture
def service(tiny_model, root):
    """A running service and its address."""
    port = free_port()
    command = [*COMMAND, "serve", "--port", str(port), "--model", str(tiny_model)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=root
    ) as running:
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(running, f"{address}/ready")
            yield running, address
        finally:
            running.kill()


def _wait(running, url):
    for _ in range(300):
        assert running.poll() is None, running.stderr.read()
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except urllib.error.URLError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"{url} never answered")


@pytest.mark.skipif(os.name != "posix", reason="needs signals of POSIX")
def test_a_service_judges_until_it_is_stopped(service):
    running, address = service
    text = "等了三天还没发货"
    body = json.dumps({"id": "k1", "text": text}).encode()
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(f"{address}/v1/triage", body, headers)
    with urllib.request.urlopen(request, timeout=10) as reply:
        assert json.load(reply)["id"] == "k1"
    with urllib.request.urlopen(address, timeout=10) as reply:
        assert "分诊" in reply.read().decode()
    running.send_signal(signal.SIGTERM)
    out, err = running.communicate(timeout=20)
    assert address in out.decode()
    assert err == b""  # no text of a customer, and nothing else, on the log of an even day


def test_a_port_in_use_is_told(process, tiny_model):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = process("serve", "--port", port, "--model", tiny_model)
    assert result.code != 0
    assert "address already in use" in result.err.lower()
    assert "Traceback" not in result.err


@pytest.mark.parametrize(("days", "said"), [(30, True), (400, False)])
def test_it_is_said_when_the_holidays_known_end_soon(serve, uvicorn, monkeypatch, days, said):
    from datetime import date, timedelta
    from types import SimpleNamespace

    until = date.today() + timedelta(days=days)
    books = SimpleNamespace(clocks=SimpleNamespace(valid_until=until))
    monkeypatch.setattr("service.run.load_books", lambda *_, **__: books)
    assert (str(until) in serve().out) is said
