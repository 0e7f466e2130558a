"""What the log says, and what it does not."""

import json

import pytest
import structlog

from service.logs import configure_logs


@pytest.fixture
def log():
    configure_logs("INFO")
    yield structlog.get_logger()
    structlog.reset_defaults()


def test_a_line_is_an_object_with_time_and_level(log, capsys):
    log.warning("batch.failed", commands=3)
    line = json.loads(capsys.readouterr().err)
    assert (line["event"], line["level"], line["commands"]) == ("batch.failed", "warning", 3)
    assert line["timestamp"].endswith("Z")


def test_what_is_below_the_level_is_not_said(log, capsys):
    log.debug("detail")
    assert capsys.readouterr().err == ""


def test_a_phone_number_in_an_exception_is_masked(log, capsys):
    try:
        raise ValueError("我的电话是13800001234")
    except ValueError:
        log.exception("command.failed")
    line = capsys.readouterr().err
    assert "ValueError" in line
    assert "13800001234" not in line
