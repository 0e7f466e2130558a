"""Latency of the service under load: p50 and p99 of one text and of batches of 100.

    python benchmarks/serving.py --collections ../shared/corpus [--clients 4] [--requests 2000]

Starts a service of its own on a free loopback port and stops it at the end. Server and
clients share the machine, so the figures are upper bounds.
"""

import argparse
import asyncio
import re
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import httpx
from speed import texts_of


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(port: int) -> tuple[subprocess.Popen[bytes], float]:
    """Start the service; return it and the seconds until it was ready."""
    began = time.perf_counter()
    command = [
        sys.executable,
        "-c",
        "from triage.cli import main; main()",
        "serve",
        "--port",
        str(port),
    ]
    service = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    while time.perf_counter() - began < 30:
        try:
            if httpx.get(f"http://127.0.0.1:{port}/ready").status_code == 200:
                break
        except httpx.TransportError:
            time.sleep(0.02)
    return service, time.perf_counter() - began


def resident(pid: int) -> float:
    """Return the megabytes a process holds."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    found = re.search(r"VmRSS:\s+(\d+)", status)
    return int(found[1]) / 1024 if found else float("nan")


async def load(address: str, bodies: Sequence[object], clients: int) -> list[float]:
    """Send every body, `clients` at a time; return the seconds of each answer."""
    waiting, times = list(bodies), list[float]()
    async with httpx.AsyncClient(timeout=30) as http:

        async def client() -> None:
            while waiting:
                body = waiting.pop()
                began = time.perf_counter()
                (await http.post(address, json=body)).raise_for_status()
                times.append(time.perf_counter() - began)

        await asyncio.gather(*(client() for _ in range(clients)))
    return times


def row(name: str, times: Sequence[float], texts: int) -> str:
    """Return a line of the table."""
    ordered = sorted(times)
    p99 = ordered[int(len(ordered) * 0.99) - 1]
    return f"| {name} | {statistics.median(ordered) * 1e3:.1f} | {p99 * 1e3:.1f} | {texts} |"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--collections", type=Path, required=True)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--requests", type=int, default=2000)
    options = parser.parse_args()
    texts = texts_of(options.collections, options.requests)
    port = free_port()
    service, seconds = start(port)
    base = f"http://127.0.0.1:{port}/v1/triage"
    try:
        one = [{"id": str(k), "text": text} for k, text in enumerate(texts)]
        many = [{"items": one[k : k + 100]} for k in range(0, len(one) - 99, 100)] * 5
        single = asyncio.run(load(base, one, options.clients))
        batches = asyncio.run(load(f"{base}/batch", many, options.clients))
        print("| request | p50 ms | p99 ms | texts each |\n|---|---|---|---|")
        print(row(f"one text, {options.clients} clients", single, 1))
        print(row(f"batch, {options.clients} clients", batches, 100))
        print(f"\n- ready after {seconds:.2f} s\n- resident {resident(service.pid):.0f} MB")
    finally:
        service.terminate()
        service.wait(10)


if __name__ == "__main__":
    main()
