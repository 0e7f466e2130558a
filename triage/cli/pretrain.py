"""`triage pretrain`."""

from pathlib import Path
from typing import Annotated

import typer

from triage.cli import show
from triage.cli.encoder import labelled_data, require_encoder
from triage.cli.learn import CollectionsOption
from triage.cli.train import steps
from triage.errors import InputError

_MILLION = 1_000_000


def pretrain(
    out: Annotated[Path, typer.Option(help="写到哪里 folder to write, as transformers does")],
    data: Annotated[
        list[Path] | None, typer.Option(help="文本 .jsonl with texts, or a folder of them")
    ] = None,
    collections: CollectionsOption = None,
    tokens: Annotated[
        float, typer.Option(help="一共读多少百万字 million tokens to read in all", min=0.001)
    ] = 16.0,
    layers: Annotated[int, typer.Option(help="层数 layers", min=1)] = 4,
    width: Annotated[int, typer.Option(help="宽度 width of the states", min=8)] = 256,
    heads: Annotated[int, typer.Option(help="注意力头 attention heads", min=1)] = 4,
    vocabulary: Annotated[int, typer.Option(help="字表大小 characters known", min=100)] = 6500,
    rate: Annotated[float, typer.Option(help="学习率 learning rate", min=0)] = 1e-3,
    threads: Annotated[int, typer.Option(help="线程，0 为全部 threads; 0: all", min=0)] = 0,
    seed: Annotated[int, typer.Option(help="随机种子 seed")] = 0,
) -> None:
    """用手头的文本从零做一个小编码器；中断了再跑一次就接着做。Make a small encoder from the texts at hand; resumes."""
    require_encoder()
    from triage.training.pretrain.run import PretrainPlan, pretrain
    from triage.training.pretrain.settings import Recipe, Shape

    if width % heads:
        raise InputError(
            f"{width} wide is no multiple of {heads} heads.",
            remedy="Give a --width that --heads divides.",
        )
    shape = Shape(layers, width, 2 * width, heads, vocabulary)
    recipe = Recipe(int(tokens * _MILLION), rate=rate, seed=seed, threads=threads)
    report = pretrain(PretrainPlan(labelled_data(data), out, collections, shape, recipe), steps())
    show.out.print(
        f"{out}: {report['weights']:,} weights, {report['tokens']:,} tokens "
        f"({report['tokens_per_second']:,}/s), set aside {report['held_loss']} nats, "
        f"{report['held_accuracy']:.1%} right",
        soft_wrap=True,
        markup=False,
    )
