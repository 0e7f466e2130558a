"""How every picture looks: Chinese letters on any machine, colours for every reader.

The letters come from a file of the package `zhplot` (Noto Sans SC, simplified and traditional,
SIL Open Font License), since neither matplotlib nor every machine has any. The package itself
is not imported: that would change the settings of the whole process.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from triage.errors import InputError

# Told apart by colour-blind readers and in grey (Okabe and Ito).
BLACK, GREY = "#222222", "#bbbbbb"
BLUE, ORANGE, GREEN, PINK = "#0072b2", "#e69f00", "#009e73", "#cc79a7"
SKY, RED, YELLOW = "#56b4e9", "#d55e00", "#f0e442"
COLOURS = (BLUE, ORANGE, GREEN, PINK, SKY, RED, YELLOW)
FAMILY = "Noto Sans SC"
_FILE = "fonts/NotoSansSC-Regular.ttf"


def font_file() -> Path:
    """Return the font with Chinese letters. Raises InputError where it is not installed."""
    package = find_spec("zhplot")
    places = package.submodule_search_locations if package is not None else None
    path = Path(places[0]) / _FILE if places else None
    if path is None or not path.is_file():
        raise InputError(
            "Pictures need a font with Chinese letters.",
            remedy="Install it with: pip install 'fenzhen[train]'",
            code="missing_extra",
        )
    return path


def settings() -> dict[str, Any]:
    """Return the settings of matplotlib that make our pictures. Raises InputError without it."""
    font = font_file()
    try:
        from cycler import cycler
        from matplotlib.font_manager import fontManager
    except ImportError as error:
        raise InputError(
            "Pictures need matplotlib.",
            remedy="Install it with: pip install 'fenzhen[train]'",
            code="missing_extra",
        ) from error
    if FAMILY not in {entry.name for entry in fontManager.ttflist}:
        fontManager.addfont(font)
    return {
        # Letter by letter: what the first has not (✗), the second may have.
        "font.family": [FAMILY, "DejaVu Sans"],
        "axes.prop_cycle": cycler(color=COLOURS),
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.axisbelow": True,
        "axes.titlesize": 11,
        "axes.titlelocation": "left",
        "axes.labelsize": 10,
        "grid.alpha": 0.25,
        "legend.frameon": False,
        "figure.constrained_layout.use": True,
        "figure.dpi": 110,
    }


def use() -> None:
    """Draw like this from now on: for notebooks. Raises InputError as `settings` does."""
    wanted = settings()
    from matplotlib import rcParams

    rcParams.update(wanted)


@contextmanager
def used() -> Iterator[None]:
    """Draw like this within the block, and as before after it."""
    wanted = settings()
    from matplotlib import rc_context

    with rc_context(wanted):
        yield
