"""The card of a model with an encoder: that of any model, and what its encoder is."""

from collections.abc import Mapping
from typing import Any

from triage.training import card

_ENCODER = """
## Encoder 编码器

- From 来自: `{source}` ({type}, {layers} layers × {width}, {parameters:.1f} M parameters);
  windows of {window} tokens that overlap by {stride}, a long text is read as a whole
  长文按重叠的窗口通读
- Exported as 导出: {precision}; {differ:.2%} of {texts} texts are decided otherwise than by the
  original 与原模型判断不同的占 {differ:.2%}
- Fitted 训练: {epochs} epochs 轮; best dev loss 最低开发集损失 {best}
"""
_CASCADE = """
## Cascade 级联

- The word model answers where it is sure 词模型有把握的自己答: {name} {version} (`{hash}`)
- The encoder reads the rest 其余由编码器读: {dev} of the dev texts, {test} of the test texts
"""


def write(manifest: Mapping[str, Any], metrics: Mapping[str, Any]) -> str:
    """Return the card as Markdown."""
    text = card.write(manifest, metrics) + _encoder(manifest["encoder"], metrics)
    if cascade := metrics.get("cascade"):
        read = {key: _share(value) for key, value in cascade["read"].items()}
        text += _CASCADE.format(**manifest["word"], **read)
    return text


def _encoder(about: Mapping[str, Any], metrics: Mapping[str, Any]) -> str:
    fit, export = metrics["fit"], metrics["export"]
    losses = [line["dev"] for line in fit["history"] if line.get("dev") is not None]
    return _ENCODER.format(
        **{key: about[key] for key in ("source", "type", "layers", "width", "precision")},
        window=fit["settings"]["window"],
        stride=fit["settings"]["stride"],
        parameters=fit["parameters"] / 1e6,
        differ=export["differ"],
        texts=export["texts"],
        epochs=len(fit["history"]),
        best=f"{min(losses):.4f}" if losses else "–",
    )


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.0%}"
