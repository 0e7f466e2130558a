"""Pictures whose Chinese letters show, on any machine."""

import sys
import warnings

import pytest

from triage import CHINESE, InputError
from triage.labels import SENTIMENT_CHINESE, URGENCY_CHINESE
from triage.training import style

ft2font = pytest.importorskip("matplotlib.ft2font")
SIGNS = "，。：；！？（）“”、…—→≥≤−–·κ%0123456789"


def letters_of(codec, first, last):
    """Every Han character of a national standard that stands between two of its code points."""
    pairs = (number.to_bytes(2, "big") for number in range(first, last + 1))
    return {text for pair in pairs if len(text := pair.decode(codec, "ignore")) == 1}


@pytest.fixture(scope="module")
def covered():
    font = ft2font.FT2Font(str(style.font_file()))
    return {chr(code) for code in font.get_charmap()}


@pytest.mark.parametrize(
    ("codec", "first", "last", "least"),
    [("gb2312", 0xB0A1, 0xF7FE, 6763), ("big5", 0xA440, 0xF9D5, 13_000)],
    ids=["simplified", "traditional"],
)
def test_the_font_has_every_letter_of_both_scripts(covered, codec, first, last, least):
    wanted = {text for text in letters_of(codec, first, last) if "\u4e00" <= text <= "\u9fff"}
    assert len(wanted) >= least
    assert wanted - covered == set()


def test_the_font_has_the_names_of_labels_and_levels_and_the_signs(covered):
    names = [*CHINESE.values(), *SENTIMENT_CHINESE.values(), *URGENCY_CHINESE.values(), SIGNS]
    assert set("".join(names)) - covered == set()


def picture(words):
    """Draw some words; a letter that no font has is a warning, so here an error."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure()
    figure.text(0.5, 0.5, words)
    FigureCanvasAgg(figure).draw()


def test_chinese_words_are_drawn_within_the_style_and_would_not_be_without_it():
    words = "售后跟进缺失 售後跟進缺失 尿袋叉咗廿分鐘"
    with style.used():
        picture(words)
    with pytest.warns(UserWarning, match="Glyph .* missing from font"):
        picture(words)


def test_a_sign_that_the_first_font_lacks_is_taken_from_the_second(covered):
    assert "✗" not in covered
    with style.used():
        picture("✗ 改错")


def test_within_a_block_the_style_lasts_as_long_as_the_block():
    from matplotlib import rcParams

    before = dict(rcParams)
    with style.used():
        assert rcParams["font.family"][0] == style.FAMILY
    assert dict(rcParams) == before


def test_a_notebook_keeps_the_style():
    from matplotlib import rc_context, rcParams

    with rc_context():
        style.use()
        assert rcParams["font.family"][0] == style.FAMILY
        assert rcParams["axes.prop_cycle"].by_key()["color"] == list(style.COLOURS)


def test_the_package_of_the_font_is_not_imported():
    with style.used():
        assert "zhplot" not in sys.modules


def test_without_the_font_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setattr(style, "find_spec", lambda name: None)
    with pytest.raises(
        InputError, match=r"Chinese letters.*pip install 'fenzhen\[train\]'"
    ) as told:
        style.font_file()
    assert told.value.code == "missing_extra"


def test_a_package_without_its_file_is_told_like_no_package(monkeypatch):
    monkeypatch.setattr(style, "_FILE", "fonts/other.ttf")
    with pytest.raises(InputError, match="Chinese letters"):
        style.font_file()


def test_without_matplotlib_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.font_manager", None)
    with pytest.raises(InputError, match=r"matplotlib.*pip install 'fenzhen\[train\]'") as told:
        style.settings()
    assert told.value.code == "missing_extra"


def test_asking_twice_adds_the_font_once():
    from matplotlib.font_manager import fontManager

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        style.settings()
        style.settings()
    assert [entry.name for entry in fontManager.ttflist].count(style.FAMILY) == 1
