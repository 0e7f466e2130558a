"""The pictures of a report, drawn from its figures; nothing is counted here."""

import io
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from triage.training import style
from triage.training.style import BLACK, BLUE, GREEN, GREY, ORANGE, PINK

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

CONFUSION, CALIBRATION, COVERAGE = "confusion.png", "calibration.png", "coverage.png"
_SCRIPTS = {
    "hans": ("简体", BLUE),
    "hant": ("繁体", ORANGE),
    "mixed": ("混用", GREEN),
    "other": ("其他文字", PINK),
}
_LEAST = 5  # fewer texts in a bin make a line that jumps about and says nothing
Figures = Mapping[str, Any]


def draw(figures: Figures) -> dict[str, bytes]:
    """Return the PNG files of a report by name. Raises InputError without matplotlib."""
    with style.used():
        return {
            CONFUSION: _confusion(figures["confusion"]),
            CALIBRATION: _calibration(figures["calibration"], figures["names"]),
            COVERAGE: _coverage(figures["coverage"]),
        }


def _canvas(width: float, height: float) -> "Figure":
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    # No pyplot: it would keep a global state and might open a window.
    figure = Figure(figsize=(width, height))
    FigureCanvasAgg(figure)
    return figure


def _png(figure: "Figure") -> bytes:
    out = io.BytesIO()
    figure.savefig(out, format="png")
    return out.getvalue()


def _confusion(tables: Figures) -> bytes:
    figure = _canvas(9, 4.2)
    left, right = figure.subplots(1, 2)
    _heat(left, tables["sentiment"], "情绪 sentiment", first=1)
    _heat(right, tables["urgency"], "紧急程度 urgency", first=0)
    return _png(figure)


def _heat(axes: "Axes", table: list[list[int]], title: str, *, first: int) -> None:
    # Coloured by the share of the row, so that rare levels can be seen too.
    shares = [[cell / max(sum(row), 1) for cell in row] for row in table]
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for i, row in enumerate(table):
        for j, cell in enumerate(row):
            ink = "white" if shares[i][j] > 0.55 else BLACK
            axes.text(j, i, str(cell), ha="center", va="center", color=ink)
    names = [str(first + k) for k in range(len(table))]
    axes.set_xticks(range(len(table)), names)
    axes.set_yticks(range(len(table)), names)
    axes.set(title=title, xlabel="给出 given", ylabel="应有 wanted")


def _calibration(parts: Figures, names: Mapping[str, str]) -> bytes:
    columns = 3
    lines = -(-len(parts) // columns)
    figure = _canvas(3.4 * columns, 3.3 * lines)
    panels = list(figure.subplots(lines, columns, squeeze=False).flat)
    for axes in panels[len(parts) :]:
        axes.set_axis_off()
    for axes, (label, part) in zip(panels, parts.items(), strict=False):
        _reliability(axes, names[label], part)
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=6)
    return _png(figure)


def _reliability(axes: "Axes", label: str, part: Figures) -> None:
    axes.plot([0, 1], [0, 1], color=GREY, linewidth=1, label="说多少就是多少 as said")
    _line(axes, part, "全部 all", color=BLACK, linewidth=2, marker="o", markersize=4)
    for name, row in part["scripts"].items():
        if not row["small"]:
            zh, colour = _SCRIPTS.get(name, (name, PINK))
            _line(axes, row, f"{zh} {name}", color=colour, linewidth=1.3, linestyle="--")
    axes.set(title=f"{label}  ECE {part['ece']:.3f}", xlim=(0, 1), ylim=(0, 1))
    axes.set_xlabel("概率 probability", fontsize=9)
    axes.set_ylabel("成立的比例 share that holds", fontsize=9)
    axes.grid()


def _line(axes: "Axes", part: Figures, name: str, **style: Any) -> None:
    bins = [row for row in part["bins"] if row["n"] >= _LEAST]
    axes.plot([row["score"] for row in bins], [row["share"] for row in bins], label=name, **style)


def _coverage(part: Figures) -> bytes:
    figure = _canvas(7.5, 4.2)
    axes = figure.subplots()
    curve = part["curve"]
    covered = [point["coverage"] for point in curve]
    lines = {
        "any_error": ("有错的文本 texts with a wrong issue", BLUE),
        "label_error": ("错的标签 wrong labels", GREEN),
    }
    for key, (name, colour) in lines.items():
        axes.plot(covered, [point[key] for point in curve], color=colour, label=name)
    _mark_seventy(axes, part["at_70"]["any_error"]["value"])
    _mark_review(axes, part["review"])
    axes.set(
        xlabel="自动处理的比例，最有把握的在先 share automated, the surest first",
        ylabel="其中有错的比例 share that is wrong",
    )
    axes.set_xlim(0, 1)
    axes.set_ylim(bottom=0)
    axes.grid()
    axes.legend(loc="upper left")
    return _png(figure)


def _mark_seventy(axes: "Axes", error: float) -> None:
    axes.axvline(0.7, color=GREY, linewidth=1)
    axes.plot([0.7], [error], "o", color=BLUE, label=f"自动处理 70 % 时 at 70 %: {error:.3f}")


def _mark_review(axes: "Axes", review: Figures) -> None:
    error = review["any_error"]["value"]
    if error is not None:  # None: every text goes to review
        axes.plot(
            [review["coverage"]["value"]],
            [error],
            "D",
            color=ORANGE,
            label=f"不送复核的 not sent to review: {error:.3f}",
        )
