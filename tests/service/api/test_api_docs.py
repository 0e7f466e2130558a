"""docs/api.md: its tour is walked, its tables are those of the code."""

import ast
import json
import re
import shlex
from pathlib import Path

import pytest

from service.db.outbox import KINDS
from service.errors import STATUS
from service.people.roles import MINIMAL_ROLE
from service.webhooks.backoff import WAITS
from tests.service.api.test_roles import OPEN

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "api.md").read_text("utf-8")
TOUR = re.findall(r"<!-- tour -->\n```bash\n(.*?)```", PAGE, re.S)
LINE = re.compile(r"^(curl .*?)[ ]*# (\d{3})\b", re.S | re.M)


def table(first):
    """Return the cells of the table whose head begins with `first`, without their quotes."""
    part = PAGE.split(f"| {first}", 1)[1].split("\n\n", 1)[0]
    rows = [line.split("|")[1:-1] for line in part.splitlines()[2:]]
    return [[cell.strip().strip("`") for cell in row] for row in rows]


# The tour


class Walker:
    """Does what curl would, against the application, with the variables of the page."""

    def __init__(self, client, folder):
        self.client = client
        self.folder = folder
        self.names = {"API": "/v1"}

    def walk(self, command):
        words = shlex.split(self._filled(command))[1:]
        request, method = {"headers": {}, "files": {}, "data": {}}, None
        address = words.pop(0) if not words[0].startswith("-") else None
        while words:
            word = words.pop(0)
            if word == "-X":
                method = words.pop(0)
            elif word == "-o":
                words.pop(0)
            elif word in ("-H", "--json", "-F"):
                self._take(word, words.pop(0), request)
            else:
                address = word
        sends = bool(request["files"] or "content" in request)
        return self.client.request(method or ("POST" if sends else "GET"), address, **request)

    def _take(self, word, value, request):
        if word == "-H":
            name, _, told = value.partition(": ")
            request["headers"][name] = told
        elif word == "--json":
            request["content"] = json.dumps(json.loads(value)).encode()
            request["headers"]["Content-Type"] = "application/json"
        else:
            name, _, told = value.partition("=")
            if told.startswith("@"):
                request["files"][name] = (told[1:], (self.folder / told[1:]).read_bytes())
            else:
                request["data"][name] = told

    def _filled(self, command):
        return re.sub(r"\$([A-Z]+)", lambda found: self.names[found[1]], command)

    def learn(self, told):
        """Take over what the page tells the reader to copy from an answer."""
        if "ticket" in told:
            self.names.setdefault("TICKET", told["ticket"]["id"])
        if told.get("role") == "admin" and "key" in told:
            self.names["AUTH"] = f"Authorization: Bearer {told['key']}"
        if "secret" in told:
            self.names["ENDPOINT"] = told["id"]


def test_every_command_of_the_tour_is_answered_as_the_page_says(start, tmp_path):
    printed = re.search(r"printf '([^']*)' > (\S+)", PAGE)
    text = ast.literal_eval(f"'{printed[1]}'")
    (tmp_path / printed[2]).write_text(text, encoding="utf-8")
    walker, walked = Walker(start(), tmp_path), []
    for command, status in (pair for block in TOUR for pair in LINE.findall(block)):
        reply = walker.walk(command)
        assert (command, reply.status_code) == (command, int(status)), reply.text
        walked.append(command)
        if reply.headers["content-type"] == "application/json" and isinstance(reply.json(), dict):
            walker.learn(reply.json())
    assert len(walked) == sum(block.count("curl ") for block in TOUR) > 20


def test_the_tour_ends_with_a_closed_ticket_and_its_satisfaction(start, tmp_path):
    walker = Walker(start(), tmp_path)
    for command, _ in (pair for block in TOUR[:2] for pair in LINE.findall(block)):
        reply = walker.walk(command)
        walker.learn(reply.json())
    told = reply.json()
    assert told["tickets"]["items"][0]["status"] == "closed"
    assert told["satisfaction"]["mean"] == 75
    assert [promise["kind"] for promise in told["promises"]] == ["call_back"]


# The tables


def test_every_error_of_the_table_of_statuses_is_on_the_page():
    told = {row[0]: int(row[1]) for row in table("`code`")}
    known = {error.code: status for error, status in STATUS.items()}
    assert {code: told.get(code) for code in known} == known


def test_every_code_that_a_route_gives_is_on_the_page():
    told = {row[0] for row in table("`code`")}
    given = set()
    for folder in ("api", "desk", "people"):
        for file in (ROOT / "service" / folder).glob("*.py"):
            given |= set(re.findall(r'\bcode="(\w+)"', file.read_text("utf-8")))
    assert given
    assert given <= told


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nowhere", 404), ("POST", "/health", 405), ("POST", "/v1/tickets", 422)],
)
def test_the_errors_of_the_web_are_on_the_page_with_their_status(start, method, path, status):
    code = start().request(method, path).json()["error"]["code"]
    assert [code, str(status)] in [row[:2] for row in table("`code`")]


def test_the_table_of_roles_is_the_one_of_the_code():
    told = {row[0]: row[1] for row in table("权限")}
    assert told == {needed.value: role.value for needed, role in MINIMAL_ROLE.items()}


def test_the_routes_without_a_key_are_on_the_page():
    paths = {label.split()[1].removesuffix("/batch") for label in OPEN}
    (line,) = [line for line in PAGE.splitlines() if "不要密钥" in line]
    assert set(re.findall(r"`([^`]+)`", line)) == paths


# Webhooks


def test_the_payload_of_the_page_has_the_fields_of_a_real_one(desk):
    shown = json.loads(re.search(r"<!-- payload -->\n```json\n(.*?)```", PAGE, re.S)[1])
    letters = desk.made("GET", "/v1/outbox?state=pending&limit=200")["items"]
    real = next(one["payload"] for one in letters if one["kind"] == "ticket.created")
    assert shown.keys() == real.keys()
    assert shown["data"]["ticket"].keys() == real["data"]["ticket"].keys()
    assert shown["data"]["event"].keys() == real["data"]["event"].keys()


def test_every_kind_of_event_is_on_the_page():
    assert all(f"`{kind.value}`" in PAGE for kind in KINDS)


def test_the_waits_between_attempts_are_on_the_page():
    units = {"s": 1, "min": 60, "h": 3600}
    (line,) = [line for line in PAGE.splitlines() if line.startswith("2xx")]
    told = [int(n) * units[unit] for n, unit in re.findall(r"(\d+) (s|min|h)\b", line)]
    assert told == [wait.total_seconds() for wait in WAITS]
