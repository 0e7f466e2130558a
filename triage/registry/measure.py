"""Put a champion and a candidate to the gate's questions on the same held-out texts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from triage.engine import Triage
from triage.records import Example
from triage.registry import reasons
from triage.registry.checks import Sampling, case_checks, text_checks
from triage.registry.gate import Family, Gate, NewLabel, Reason, family
from triage.training.behaviour import every_case, labels_of, outcomes
from triage.training.compare import judged_by_both
from triage.training.corpus import content_hash, read_examples, taxonomy_of
from triage.training.slices import SMALL, slices
from triage.training.splits import held_out_of
from triage.training.tally import Bools, Pairs, Tally, tally


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Held-out texts; `known` are the labels that could have been given to each."""

    examples: Sequence[Example]
    known: Sequence[frozenset[str]]
    sources: dict[str, int]


def read_held_out(paths: Sequence[Path], *, collections: Path | None = None) -> HeldOut:
    """Read what is held out for testing, path by path; a text counts once.

    Each path is read with its own labels. Raises DataError for unusable data.
    """
    examples: dict[str, Example] = {}
    known: list[frozenset[str]] = []
    sources: dict[str, int] = {}
    for path in paths:
        test, labels = set(held_out_of([path])["test"]), taxonomy_of([path]).codes
        found = read_examples([path], collections=collections, labels=labels)
        new = {e.id: e for e in found if e.id in test and e.id not in examples}
        examples |= new
        known += [frozenset(labels)] * len(new)
        sources[str(path)] = len(new)
    return HeldOut(list(examples.values()), known, sources)


def run_gate(
    champion: Triage,
    candidate: Triage,
    held_out: HeldOut,
    *,
    sampling: Sampling | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Gate:
    """Judge the held-out texts and the behavioural suite with both, and compare.

    Two models of different labels are compared on those they share; what only the candidate
    has is measured alone.
    """
    labels = [label for label in champion.scorer.labels if label in candidate.scorer.labels]
    missing = [label for label in champion.scorer.labels if label not in labels]
    against: list[Reason] = []
    if missing:
        against.append(reasons.labels_missing(missing, champion.taxonomy))
    progress("judging the held-out texts with both models")
    first, second = judged_by_both(champion, candidate, held_out.examples)
    labelled = sum(example.issues is not None for example, _ in first)
    if labelled < SMALL:
        against.append(reasons.too_few(labelled, SMALL))
    plan = sampling or Sampling()
    families = [_texts(first, second, labels, held_out, plan)] if labels and labelled else []
    progress("running the behavioural suite with both models")
    families.append(_suite(champion, candidate, labels))
    for part in families:
        against += reasons.beyond_noise(part, champion.taxonomy)
    return Gate(
        candidate=candidate.name,
        champion=champion.name,
        reasons=tuple(against),
        families=tuple(families),
        new_labels=tuple(_new_labels(second, champion, candidate, held_out)),
        n=len(first),
        data_hash=content_hash(example for example, _ in first),
        sources=held_out.sources,
        sampling=plan,
    )


def _texts(
    first: Pairs, second: Pairs, labels: Sequence[str], held_out: HeldOut, plan: Sampling
) -> Family:
    known = _known(first, labels, held_out)
    one, two = (_masked(tally(pairs, labels), known) for pairs in (first, second))
    return family("texts", text_checks(one, two, slices(first), plan))


def _known(pairs: Pairs, labels: Sequence[str], held_out: HeldOut) -> Bools:
    of = dict(zip((example.id for example in held_out.examples), held_out.known, strict=True))
    return np.array([[label in of[example.id] for label in labels] for example, _ in pairs])


def _masked(rows: Tally, known: Bools) -> Tally:
    """Leave out what a label says of texts whose data has no such label."""
    return replace(rows, wanted=rows.wanted & known, given=rows.given & known)


def _suite(champion: Triage, candidate: Triage, labels: Sequence[str]) -> Family:
    """Ask both for the cases that name shared labels only."""
    cases = [case for case in every_case() if labels_of(case) <= set(labels)]
    before, after = (outcomes(engine, cases, labels) for engine in (champion, candidate))
    return family("behaviour", case_checks(cases, before, after))


def _new_labels(
    pairs: Pairs, champion: Triage, candidate: Triage, held_out: HeldOut
) -> list[NewLabel]:
    labels = [code for code in candidate.scorer.labels if code not in champion.scorer.labels]
    if not labels or not any(example.issues is not None for example, _ in pairs):
        return []
    rows = _masked(tally(pairs, labels), _known(pairs, labels, held_out))
    return [_alone(label, rows.wanted[:, k], rows.given[:, k]) for k, label in enumerate(labels)]


def _alone(label: str, wanted: Bools, given: Bools) -> NewLabel:
    hits, positives, found = (int(x.sum()) for x in (wanted & given, wanted, given))
    return NewLabel(
        label,
        positives,
        _share(hits, found),
        _share(hits, positives),
        _share(2 * hits, positives + found),
    )


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
