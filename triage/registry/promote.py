"""Put a model in use, if the gate lets it; take it back, without asking the gate."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from triage.engine import Triage
from triage.errors import InputError, ModelError, RegistryError
from triage.records import ModelName
from triage.registry import reasons
from triage.registry.checks import Sampling
from triage.registry.folders import find_folder, hash_or_none, is_whole, load_champion
from triage.registry.gate import Gate
from triage.registry.history import Entry, Override, change, now
from triage.registry.measure import read_held_out, run_gate
from triage.registry.pointers import Pointer
from triage.registry.report import write_report


@dataclass(frozen=True, slots=True)
class Question:
    """What a promotion is decided on, and by whom.

    `data` are files or folders whose held-out texts are measured; `override` is the reason to
    put a refused model in use, and then `by` must be a name.
    """

    data: Sequence[Path]
    by: str
    collections: Path | None = None
    policy: Path | None = None
    override: str | None = None
    sampling: Sampling | None = None


@dataclass(frozen=True, slots=True)
class Promotion:
    """What came of it: the gate's verdict, its report, and the pointer if the model is in use."""

    gate: Gate
    report: Path
    pointer: Pointer | None
    override: Override | None


def promote(
    root: Path,
    model: str,
    question: Question,
    *,
    progress: Callable[[str], None] = lambda _: None,
) -> Promotion:
    """Ask the gate about a model of the registry and, if it may, put it in the champion's place.

    The report is written either way. Raises RegistryError for a model that is not in the
    registry or is the champion already, ModelError where the champion itself is spoilt,
    InputError for an override without a name, OutputError where nothing can be written.
    """
    override = _override(question)
    folder = find_folder(root, model)
    champion, before = load_champion(root, policy=question.policy)
    _refuse_itself(folder, champion)
    gate = ask(folder, champion, question, progress=progress)
    used = override if gate.reasons and gate.can_be_overridden else None
    at = now()
    key = gate.candidate.hash or f"unreadable-{folder.name}"
    report = write_report(root, key, gate, at=at, by=question.by, override=used)
    if not gate.passed and used is None:
        return Promotion(gate, report, None, None)
    pointer = Pointer(folder.name, gate.candidate.hash, at, question.by)
    path = report.relative_to(root).as_posix()
    change(root, Entry(at, question.by, "promotion", before, pointer, path, used))
    return Promotion(gate, report, pointer, used)


def _override(question: Question) -> Override | None:
    if question.override is None:
        return None
    if not question.override.strip() or not question.by.strip():
        raise InputError(
            "An override needs a reason and the name of who answers for it.",
            remedy="Give --override REASON and --by NAME.",
            code="override_unsigned",
        )
    return Override(question.by, question.override)


def _refuse_itself(folder: Path, champion: Triage) -> None:
    # A spoilt copy of the champion is not the champion: the gate says what is wrong with it.
    if hash_or_none(folder) == champion.name.hash and is_whole(folder):
        raise RegistryError(
            f"{folder} is the champion already.",
            remedy="`triage models` shows which model is in use.",
            code="already_champion",
        )


def ask(
    folder: Path,
    champion: Triage,
    question: Question,
    *,
    progress: Callable[[str], None] = lambda _: None,
) -> Gate:
    """Return the gate's verdict on a folder; nothing is written. A spoilt folder is refused."""
    try:
        candidate = Triage.load(folder, policy=question.policy)
    except ModelError as error:
        name = ModelName(folder.name, "", hash_or_none(folder) or "")
        return Gate(name, champion.name, (reasons.not_loaded(error),))
    held_out = read_held_out(question.data, collections=question.collections)
    return run_gate(champion, candidate, held_out, sampling=question.sampling, progress=progress)
