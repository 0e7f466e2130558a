"""What a model costs in this process: `python -m benchmarks.support.cost FOLDER < texts.json`."""

import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from triage import Feedback, Triage

_SINGLE = 300  # texts judged one by one
_WARM = 256


def measured(folder: Path, texts: Sequence[str]) -> dict[str, float]:
    """Return seconds to the first verdict, verdicts a second, ms of one text, MB resident."""
    begun = time.perf_counter()
    engine = Triage.load(folder)
    records = [Feedback(str(k), text) for k, text in enumerate(texts)]
    list(engine.pipe(records[:1]))
    ready = time.perf_counter() - begun
    list(engine.pipe(records[:_WARM]))
    whole = min(_seconds(engine, records) for _ in range(2))
    single = sorted(_seconds(engine, [r]) for r in records[:: max(1, len(records) // _SINGLE)])
    return {
        "texts_per_second": len(records) / whole,
        "p50_ms": 1000 * single[len(single) // 2],
        "p99_ms": 1000 * single[int(len(single) * 0.99)],
        "ready_s": ready,
        "resident_mb": _peak(),
    }


def _seconds(engine: Triage, records: Sequence[Feedback]) -> float:
    begun = time.perf_counter()
    list(engine.pipe(records))
    return time.perf_counter() - begun


def _peak() -> float:
    """Return the most memory this process had; not getrusage, which inherits its parent's."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024


if __name__ == "__main__":
    print(json.dumps(measured(Path(sys.argv[1]), json.load(sys.stdin))))
