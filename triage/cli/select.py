"""`triage select`: what to label next."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from triage.cli import show
from triage.cli.judge import ModelOption, PolicyOption
from triage.cli.learn import CollectionsOption, require_training
from triage.cli.server import _service
from triage.engine import Triage
from triage.errors import InputError
from triage.files.columns import Fields
from triage.files.readers import read
from triage.records import Example, Feedback, Rejection

if TYPE_CHECKING:
    from triage.selection.select import Labelled, Selection

_NAMES = {"uncertain": "拿不准", "diverse": "没见过", "audit": "随机抽查"}
_EXAMPLES = 2
LabelledOption = Annotated[
    list[Path] | None,
    typer.Option(help="已标注的数据集，里面有的不再选 datasets of what is labelled already"),
]


def select(
    pool: Annotated[
        Path | None,
        typer.Argument(metavar="[POOL]", help="从哪里选 a file of texts, or a dataset folder"),
    ] = None,
    n: Annotated[int, typer.Option("--n", min=1, help="选多少条 how many")] = 100,
    out: Annotated[
        Path | None, typer.Option(help="写到哪里 .jsonl, .csv, or .json for Label Studio")
    ] = None,
    labelled: LabelledOption = None,
    mix: Annotated[
        str, typer.Option(help="各占多少 shares of the batch")
    ] = "uncertain=0.8,diverse=0.1,audit=0.1",
    inbox: Annotated[
        bool,
        typer.Option("--inbox", help="从收件箱选，放进复核队列 of the inbox, to its review queue"),
    ] = False,
    model: ModelOption = None,
    policy: PolicyOption = None,
    collections: CollectionsOption = None,
    text_field: Annotated[str | None, typer.Option(help="文本所在的列 column of the text")] = None,
    id_field: Annotated[str | None, typer.Option(help="编号所在的列 column of the id")] = None,
    seed: Annotated[int, typer.Option(help="随机种子 seed")] = 0,
) -> None:
    """接下来标哪些：拿不准的、没见过的、随机抽查的，各有理由。What to label next, and why."""
    require_training()
    from triage.selection.batch import Mix
    from triage.selection.export import write_batch
    from triage.selection.select import select as choose

    shares = Mix.parse(mix)
    _check(pool, out, policy, inbox=inbox)
    known = _known(labelled or (), collections)
    if pool is None or out is None:
        sent = _service("cli.select").send_to_review(
            n, mix=shares, seed=seed, labelled=known, model=model
        )
        _summary(sent.selection, f"{sent.marked} 张已放进复核队列 on the review queue: /review")
        return
    engine = Triage.load(model, policy=policy)
    records, own = _pool(pool, Fields(text_field, id_field), collections)
    known = _joined(known, own)
    chosen = choose(engine, records, n, labelled=known, mix=shares, seed=seed, progress=_say_step)
    write_batch(out, chosen.items, engine.taxonomy)
    _summary(chosen, str(out))


def _check(pool: Path | None, out: Path | None, policy: Path | None, *, inbox: bool) -> None:
    if inbox and (pool or out or policy):
        raise InputError(
            "--inbox takes no POOL, writes no file, and has the policy of the service.",
            remedy="Leave out POOL, --out and --policy.",
        )
    if not inbox and (pool is None or out is None):
        raise InputError(
            "What to choose from, and where to write it?",
            remedy="Give POOL and --out FILE, or --inbox.",
        )


def _known(paths: Sequence[Path], collections: Path | None) -> "Labelled":
    from triage.training.corpus import read_examples

    examples = read_examples(paths, collections=collections) if paths else []
    return _labelled(examples)


def _labelled(examples: Iterable[Example]) -> "Labelled":
    from triage.selection.select import Labelled

    told = [example for example in examples if example.issues is not None]
    return Labelled([e.text for e in told], frozenset(e.id for e in told))


def _joined(one: "Labelled", other: "Labelled") -> "Labelled":
    from triage.selection.select import Labelled

    return Labelled([*one.texts, *other.texts], one.ids | other.ids)


def _pool(
    path: Path, fields: Fields, collections: Path | None
) -> tuple[Iterator[Feedback | Rejection], "Labelled"]:
    """Return the texts to choose from; what a dataset has labelled is known, not chosen."""
    if not path.is_dir():
        return read(str(path), fields), _labelled(())
    from triage.training.corpus import read_examples

    examples = read_examples([path], collections=collections)
    records = (Feedback(e.id, e.text, e.channel or None) for e in examples)
    return records, _labelled(examples)


def _say_step(step: str) -> None:
    show.err.print(f"[dim]{step} …[/]")


def _summary(chosen: "Selection", target: str) -> None:
    counts = Counter(item.strategy for item in chosen.items)
    told = " · ".join(f"{_NAMES[name]} {name} {count}" for name, count in counts.items())
    show.err.print(f"{chosen.pool} 条里选了 {len(chosen.items)} 条 chosen → {target}", markup=False)
    show.err.print(told, markup=False)
    for why, count in chosen.left_out.items():
        show.err.print(f"没有参选 left out: {count} × {why}", markup=False)
    for name in counts:
        for item in [item for item in chosen.items if item.strategy == name][:_EXAMPLES]:
            reason = item.reasons[0]
            show.err.print(
                f"  {item.feedback.id}: {reason.zh} {reason.en}", markup=False, soft_wrap=True
            )
