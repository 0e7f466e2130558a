"""How many tickets a second a server takes, asked by `wrk` or, without it, by our clients."""

import json
import re
import shutil
import subprocess
import time
from collections.abc import Sequence
from itertools import count
from pathlib import Path

from support.clients import Clients
from support.texts import ticket

# wrk has no file of bodies: the script holds them, and gives every request an id of its own.
_SCRIPT = """
local bodies = {}
for line in io.lines("FILE") do bodies[#bodies + 1] = line end
local threads, number = 0, 0
function setup(thread) thread:set("place", threads); threads = threads + 1 end
function request()
  number = number + 1
  local body = bodies[(number * 7 + place * 13) % #bodies + 1]
  body = string.gsub(body, "@", "ROUND-" .. place .. "-" .. number, 1)
  return wrk.format("POST", "/v1/tickets", {["Content-Type"] = "application/json"}, body)
end
"""
_RATE = re.compile(r"Requests/sec:\s+([\d.]+)")


def written(folder: Path, texts: Sequence[str], customers: int) -> Path:
    """Write the bodies, one a line; `@` stands first, where the external id will be."""
    lines = []
    for number, text in enumerate(texts):
        body = {"external_id": "@", **ticket(number, text, customers=customers)}
        body["external_id"] = "@"
        lines.append(json.dumps(body, ensure_ascii=False))
    file = folder / "bodies.jsonl"
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


def rate(port: int, bodies: Path, name: str, *, connections: int, seconds: float) -> float:
    """Return tickets a second over kept connections; `name` makes the ids of this round."""
    if not shutil.which("wrk"):
        return _rate_by_clients(port, bodies, name, connections, seconds)
    script = bodies.with_suffix(".lua")
    script.write_text(_SCRIPT.replace("FILE", str(bodies)).replace("ROUND", name))
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds:g}s", "--timeout", "30s"]
    command += ["-s", str(script), f"http://127.0.0.1:{port}"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        raise RuntimeError(said)
    found = _RATE.search(said)
    assert found
    return float(found[1])


def _rate_by_clients(port: int, bodies: Path, name: str, connections: int, seconds: float) -> float:
    lines = bodies.read_text(encoding="utf-8").splitlines()
    until = time.monotonic() + seconds
    numbers = count()
    endless = ({**json.loads(lines[n % len(lines)]), "external_id": f"{name}-{n}"} for n in numbers)
    bounded = iter(lambda: next(endless) if time.monotonic() < until else None, None)
    clients = Clients(port, bounded, connections)
    clients.start()
    clients.join()
    return len(clients.tally.ids) / seconds
