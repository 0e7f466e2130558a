"""Speed beside what a user would otherwise write, in one run on the same texts, one core.

    python benchmarks/speed.py --collections ../shared/corpus [--texts 10000] [--skip-snownlp]

Prints a Markdown table. Ratios are what to trust: absolute figures move with the machine.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"  # one core, for everybody; before numpy is loaded

LABELS = ("product_quality", "staff_attitude", "delivery", "follow_up_neglect", "other")


def texts_of(folder: Path, count: int) -> list[str]:
    """Return `count` reviews, a fixed stride through the shopping and food collections."""
    from triage.training.corpus import read_collection

    files = [folder / "shopping.csv.gz", folder / "waimai.csv.gz"]
    rows = [row["text"] for file in files for row in read_collection(file) if row["text"].strip()]
    return rows[:: max(1, len(rows) // count)][:count]


def timed(name: str, run: Callable[[], Any], count: int) -> tuple[str, float]:
    """Return the best of two runs, in texts a second."""
    best = min(_seconds(run) for _ in range(2))
    return name, count / best


def _seconds(run: Callable[[], Any]) -> float:
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


def ours(texts: Sequence[str]) -> dict[str, Callable[[], Any]]:
    """Return our pipeline: labels alone, whole verdicts with evidence, and as JSON lines."""
    import orjson

    from triage import Feedback, Triage
    from triage.text.clean_all import clean_all

    engine = Triage.load()
    records = [Feedback(str(k), text) for k, text in enumerate(texts)]
    list(engine.pipe(records[:512]))

    def labels_alone() -> list[list[str]]:
        given: list[list[str]] = []
        for start in range(0, len(texts), 1024):
            cleaned = clean_all(texts[start : start + 1024])
            scores = engine.scorer.score(cleaned, [()] * len(cleaned))
            marks = (scores.issues >= engine.policy.band.assign).tolist()
            given += [
                [label for label, mark in zip(LABELS, row, strict=True) if mark] for row in marks
            ]
        return given

    return {
        "fenzhen: labels alone (what the peers give)": labels_alone,
        "fenzhen: whole verdicts": lambda: list(engine.pipe(records)),
        "fenzhen: the same, as JSON lines": lambda: [
            orjson.dumps(verdict.to_dict()) for verdict in engine.pipe(records)
        ],
    }


def plain_pipeline(texts: Sequence[str], folder: Path) -> Callable[[], Any]:
    """Return jieba + TfidfVectorizer(1, 2) + OneVsRest(LogisticRegression), same labels."""
    import jieba
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.multiclass import OneVsRestClassifier
    from sklearn.pipeline import make_pipeline

    from triage.training.corpus import read_examples

    jieba.setLogLevel(60)
    examples = read_examples([Path("data/seed"), Path("data/annotations")], collections=folder)
    wanted = [[label in (e.issues or ()) for label in LABELS] for e in examples]
    vectorizer = TfidfVectorizer(tokenizer=jieba.lcut, token_pattern=None, ngram_range=(1, 2))
    model = make_pipeline(vectorizer, OneVsRestClassifier(LogisticRegression(max_iter=300)))
    model.fit([e.text for e in examples], [[int(x) for x in row] for row in wanted])
    return lambda: model.predict(texts)


def segmentation(texts: Sequence[str]) -> Callable[[], Any]:
    """Return rjieba alone: the floor under any pipeline that needs words."""
    import rjieba

    return lambda: [rjieba.cut(text) for text in texts]


def snownlp(texts: Sequence[str]) -> Callable[[], Any] | None:
    """Return SnowNLP's sentiment, where it is installed."""
    try:
        from snownlp import SnowNLP
    except ImportError:
        return None
    return lambda: [SnowNLP(text).sentiments for text in texts]


def start_up() -> dict[str, float]:
    """Return seconds to import and to the first verdict, and MB resident after 1,000 texts."""
    code = (
        "import time,json; a=time.perf_counter(); import triage; b=time.perf_counter();"
        "e=triage.Triage.load(); e(triage.Feedback('1','快递太慢')); c=time.perf_counter();"
        "list(e.pipe(triage.Feedback(str(k),'等了三天还没发货，客服不理') for k in range(1000)));"
        # Not getrusage: its maximum is inherited from the parent at fork.
        "m=[x for x in open('/proc/self/status') if x.startswith('VmHWM')][0].split()[1];"
        "print(json.dumps([b-a, c-a, int(m)/1024]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    imported, ready, resident = json.loads(done.stdout)
    return {"import s": imported, "first verdict s": ready, "resident MB": resident}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--collections", type=Path, required=True)
    parser.add_argument("--texts", type=int, default=10_000)
    parser.add_argument("--skip-snownlp", action="store_true")
    options = parser.parse_args()
    texts = texts_of(options.collections, options.texts)
    rows = [timed(name, run, len(texts)) for name, run in ours(texts).items()]
    rows.append(
        timed(
            "jieba + TF-IDF(1,2) + OvR(LR)", plain_pipeline(texts, options.collections), len(texts)
        )
    )
    rows.append(timed("rjieba cutting alone", segmentation(texts), len(texts)))
    peer = None if options.skip_snownlp else snownlp(texts)
    if peer:
        rows.append(("SnowNLP sentiment", len(texts) / _seconds(peer)))
    own = rows[0][1]
    mean = sum(map(len, texts)) / len(texts)
    print(f"{len(texts)} texts, {mean:.0f} characters on average, one core\n")
    print("| pipeline | texts/s | labels alone is … times as fast |\n|---|---|---|")
    for name, rate in rows:
        print(f"| {name} | {rate:,.0f} | {own / rate:.2f} |")
    print()
    for name, value in islice(start_up().items(), 3):
        print(f"- {name}: {value:.2f}")


if __name__ == "__main__":
    main()
