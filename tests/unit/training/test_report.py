import json
import re
import sys
from dataclasses import replace

import numpy as np
import pytest

from tests.unit.training.verdicts import pair
from triage import ISSUES, DataError, InputError, OutputError
from triage.records import Example
from triage.training import chapters, pages, plots, report
from triage.training.corpus import read_examples
from triage.training.metrics import judge, measure
from triage.training.reliability import reliability
from triage.training.slices import length_band, slices

PICTURES = {"confusion.png", "calibration.png", "coverage.png"}


@pytest.fixture(scope="module")
def judged(root, tiny_engine):
    """Every twentieth authored text with the verdict of the tiny model."""
    return judge(tiny_engine, read_examples([root / "data" / "seed"])[::20])


@pytest.fixture(scope="module")
def whole(judged):
    return report.make(judged, ISSUES)


@pytest.fixture(scope="module")
def written(whole, tmp_path_factory):
    """The folder of the whole report: file names and bytes."""
    folder = tmp_path_factory.mktemp("report") / "new" / "folder"
    report.write(folder, whole)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def made(*pairs, **options):
    return report.make(list(pairs), ISSUES, **{"times": 20} | options)


def value(figure):
    return figure["value"]


def test_the_report_says_the_same_as_the_figures_of_the_model(judged, whole):
    known = measure(judged, ISSUES)
    assert whole["n"] == known["n"] == len(judged)
    for name in ("macro_f1", "micro_f1"):
        assert value(whole["overall"][name]) == pytest.approx(known["issues"][name], abs=1e-4)
    for name in ("exact_match", "sentiment_kappa", "urgency_kappa"):
        assert value(whole["overall"][name]) == pytest.approx(known[name], abs=1e-4)
    for label, row in known["issues"]["per_label"].items():
        assert whole["issues"][label]["n"] == row["n"]
        assert value(whole["issues"][label]["f1"]) == row["f1"]
    assert value(whole["critical"]["recall"]) == known["critical"]["recall"]
    assert value(whole["coverage"]["review"]["coverage"]) == pytest.approx(
        1 - known["review_share"], abs=1e-4
    )


def test_every_interval_contains_its_figure(whole):
    figures = [*whole["overall"].values(), *whole["coverage"]["at_70"].values()]
    figures += [row[name] for row in whole["issues"].values() for name in ("precision", "f1")]
    assert all(figure["low"] <= figure["value"] <= figure["high"] for figure in figures)
    assert any(figure["low"] < figure["value"] < figure["high"] for figure in figures)


def test_the_same_seed_gives_the_same_report(judged):
    one, two, other = (report.make(judged, ISSUES, times=50, seed=seed) for seed in (1, 1, 2))
    assert one == two
    assert one["overall"] != other["overall"]


def test_the_calibration_error_of_four_texts_is_that_counted_by_hand():
    scores, wanted = np.array([0.05, 0.15, 0.95, 0.95]), np.array([0, 1, 1, 0], dtype=bool)
    part = reliability(scores, wanted)
    assert part["ece"] == pytest.approx((0.05 + 0.85 + 2 * 0.45) / 4)
    assert [(row["from"], row["n"], row["share"]) for row in part["bins"]] == [
        (0.0, 1, 0.0),
        (0.1, 1, 1.0),
        (0.9, 2, 0.5),
    ]


def test_a_score_on_a_border_belongs_to_the_bin_above_and_1_to_the_last():
    scores = np.array([k / 10 for k in range(11)])
    bins = reliability(scores, np.ones(11, dtype=bool))["bins"]
    assert [row["n"] for row in bins] == [1] * 9 + [2]


def test_calibration_is_shown_for_each_script(seed_texts):
    rows = [pair(f"a{k}", seed_texts[k], script="hant" if k < 2 else "hans") for k in range(40)]
    scripts = made(*rows)["calibration"]["delivery"]["scripts"]
    assert {name: (row["n"], row["small"]) for name, row in scripts.items()} == {
        "hans": (38, False),
        "hant": (2, True),
    }
    assert scripts["hans"]["ece"] == pytest.approx(0.1)


def test_confusion_is_counted_with_the_wanted_level_down_and_the_given_across(seed_texts):
    table = made(
        pair("a", seed_texts[0], sentiment=(1, 2), urgency=(0, 3)),
        pair("b", seed_texts[1], sentiment=(1, 2), urgency=(3, 3)),
        pair("c", seed_texts[2], sentiment=(5, 5), urgency=(3, 0)),
    )["confusion"]
    assert table["sentiment"][0] == [0, 2, 0, 0, 0]
    assert table["sentiment"][4] == [0, 0, 0, 0, 1]
    assert table["urgency"] == [[0, 0, 0, 1], [0, 0, 0, 0], [0, 0, 0, 0], [1, 0, 0, 1]]


def ten_texts(seed_texts):
    """Each less sure than the one before, from 1.00 to 0.64; the last three are wrong."""
    return [
        pair(
            f"a{k}",
            seed_texts[k],
            ("other",) * (k >= 7),
            scores=dict.fromkeys(ISSUES, 0.04 * k),
            review=k >= 8,
        )
        for k in range(10)
    ]


def test_the_error_at_70_percent_coverage_is_that_of_the_seven_surest_texts(seed_texts):
    part = made(*ten_texts(seed_texts), times=0)["coverage"]
    at = {point["coverage"]: point for point in part["curve"]}
    assert value(part["at_70"]["any_error"]) == at[0.7]["any_error"] == 0
    assert at[0.7]["confidence"] == pytest.approx(0.76)
    assert at[0.8]["any_error"] == pytest.approx(1 / 8)
    assert at[1.0]["any_error"] == pytest.approx(3 / 10)
    assert at[1.0]["label_error"] == pytest.approx(3 / 50)


def test_the_review_flag_is_measured_by_what_it_lets_through(seed_texts):
    review = made(*ten_texts(seed_texts))["coverage"]["review"]
    assert value(review["coverage"]) == 0.8
    assert value(review["any_error"]) == 0.125
    assert value(review["label_error"]) == 0.025


def test_where_every_text_goes_to_review_there_is_no_error_among_the_others(seed_texts):
    figures = made(pair("a", seed_texts[0], review=True))
    assert figures["coverage"]["review"]["any_error"]["value"] is None
    assert plots.draw(figures).keys() == PICTURES


def test_critical_messages_are_counted_by_hand(seed_texts):
    rows = [(3, 3, 0.9), (3, 1, 0.3), (0, 3, 0.6), (0, 0, 0.1)]
    critical = made(
        *(
            pair(f"a{k}", seed_texts[k], urgency=(w, g), critical=p)
            for k, (w, g, p) in enumerate(rows)
        )
    )["critical"]
    assert (critical["n"], critical["given"]) == (2, 2)
    assert value(critical["recall"]) == value(critical["precision"]) == 0.5
    assert value(critical["recall_at_precision_60"]) == 1


@pytest.mark.parametrize(
    ("length", "band"),
    [
        *((1, "<=10"), (10, "<=10"), (11, "11-30"), (30, "11-30"), (31, "31-100")),
        *((100, "31-100"), (101, "101-300"), (300, "101-300"), (301, ">300")),
    ],
)
def test_lengths_fall_into_five_bands(length, band):
    assert length_band("字" * length) == band


def test_every_text_is_in_one_slice_of_each_dimension(judged):
    for groups in slices(judged).values():
        assert sorted(int(row) for rows in groups.values() for row in rows) == [*range(len(judged))]


def test_slices_are_named_by_what_the_texts_say_of_themselves(seed_texts):
    rows = [
        pair("seed-x-1", seed_texts[0], ("other", "delivery"), channel="chat", turn="negation"),
        pair("r1", seed_texts[1], source="hotel", script="hant"),
    ]
    names = {name: set(groups) for name, groups in slices(rows).items()}
    assert names["channel"] == {"chat", "(none)"}
    assert names["turn"] == {"negation", "(none)"}
    assert names["source"] == {"hotel", "(none)"}
    assert names["script"] == {"hans", "hant"}
    assert names["author"] == {"authored", "real"}
    assert names["issues"] == {"0", "2"}


def test_slices_under_30_texts_are_marked_and_get_no_interval(seed_texts):
    rows = [pair(f"a{k}", seed_texts[k], channel="chat" if k < 30 else "app") for k in range(59)]
    chat, app = (made(*rows)["slices"]["channel"][name] for name in ("chat", "app"))
    assert (chat["n"], chat["small"], app["n"], app["small"]) == (30, False, 29, True)
    assert chat["exact_match"] == {"value": 1, "low": 1, "high": 1}
    assert app["exact_match"] == {"value": 1, "low": None, "high": None}


def test_the_worst_errors_are_those_whose_scores_were_furthest_off(seed_texts):
    rows = [
        pair("right", seed_texts[0], ("other",), ("other",)),
        pair("bad", seed_texts[1], ("delivery",), (), scores={"delivery": 0.2}),
        pair("worst", seed_texts[2], ("delivery",), ("other",), scores={"delivery": 0.0}),
    ]
    first, second = made(*rows)["worst"]
    assert (first["id"], second["id"]) == ("worst", "bad")
    assert (first["wanted"], first["given"]) == (["delivery"], ["other"])
    assert first["evidence"] == [{"for": "other", "quote": seed_texts[2][:8]}]
    assert second["loss"] == pytest.approx(-np.log(0.2) - 4 * np.log(0.9), abs=1e-4)


def test_no_more_than_fifty_errors_are_listed(seed_texts):
    rows = [pair(f"a{k}", seed_texts[k], ("delivery",)) for k in range(60)]
    assert len(made(*rows)["worst"]) == 50


def test_a_report_is_written_as_json_markdown_page_and_pictures(whole, written):
    assert written.keys() == {"report.json", "report.md", "index.html"} | PICTURES
    assert json.loads(written["report.json"]) == whole
    assert all(written[name].startswith(b"\x89PNG") for name in PICTURES)


def test_the_page_needs_no_other_file(written):
    page = written["index.html"].decode()
    assert page.count('src="data:image/png;base64,') == len(PICTURES)
    assert re.findall(r'(?:src|href)="(?!data:)|@import|url\(|<script', page) == []


def test_the_error_at_70_percent_is_said_in_words(whole, written):
    error = f"{value(whole['coverage']['at_70']['any_error']):.3f}"
    for name in ("report.md", "index.html"):
        assert f"With the surest 70 % automated, {error}" in written[name].decode()


def pieces_of(texts):
    """Eight Chinese characters in a row, wherever they stand in a text."""
    return {piece for text in texts for piece in re.findall("[\u4e00-\u9fff]{8}", text)}


def test_a_report_without_texts_holds_none_of_their_words(judged, tmp_path):
    figures = report.make(judged, ISSUES, texts=False, times=20)
    report.write(tmp_path, figures)
    names = ("report.json", "report.md", "index.html")
    whole = "".join((tmp_path / name).read_text("utf-8") for name in names)
    assert len(figures["worst"]) == 50
    assert all(row["id"] in whole for row in figures["worst"])
    assert {"text", "evidence"} & set().union(*figures["worst"]) == set()
    pieces = pieces_of(example.text for example, _ in judged)
    assert len(pieces) > 500
    assert [piece for piece in pieces if piece in whole] == []


def test_a_report_with_texts_quotes_them(judged, whole, written):
    texts = {example.id: example.text for example, _ in judged}
    assert all(row["text"] == texts[row["id"]] for row in whole["worst"])
    assert any(row["evidence"] for row in whole["worst"])
    listed = pieces_of(row["text"][:300] for row in whole["worst"])
    assert [piece for piece in listed if piece not in written["index.html"].decode()] == []


def test_what_a_customer_writes_does_not_become_mark_up(seed_texts):
    text = f"<script>alert(1)</script> | ![x](y) **{seed_texts[0][:20]}**\n# `z`"
    figures = made(pair("<b>id</b>", text, ("delivery",), channel="<i>"))
    sections = chapters.sections(figures)
    page = pages.html(chapters.title(figures), sections, dict.fromkeys(PICTURES, b""))
    assert not re.search("<script|<b>|<i>", page)
    whole = pages.markdown(chapters.title(figures), sections)
    line = next(row for row in whole.splitlines() if "alert" in row)
    assert not re.search("<script|<b>", line)
    assert r"\| !\[x\](y) \*\*" in line
    assert r"\# \`z\`" in line


def test_long_texts_are_cut_in_the_tables_and_whole_in_the_json(seed_texts):
    text = max(seed_texts, key=len)
    figures = made(pair("a", text, ("delivery",)))
    whole = pages.markdown(chapters.title(figures), chapters.sections(figures))
    assert figures["worst"][0]["text"] == text
    assert pieces_of([text[300:]])
    assert [piece for piece in pieces_of([text[310:]]) if piece in whole] == []


def test_half_a_character_does_not_stop_a_report(seed_texts, tmp_path):
    report.write(tmp_path, made(pair("a", seed_texts[0] + "\ud83d", ("delivery",))))
    assert "?" in (tmp_path / "report.md").read_text("utf-8")


def test_what_could_not_be_judged_is_counted(seed_texts):
    assert made(pair("a", seed_texts[0]), left_out=3)["left_out"] == 3


def test_no_texts_are_no_report():
    with pytest.raises(DataError, match="no judged text"):
        made()


def test_texts_whose_labels_are_not_known_change_no_figure_but_their_number(seed_texts):
    rows = [
        pair("a", seed_texts[0], ("delivery",), ("delivery",), urgency=(3, 3), critical=0.9),
        pair("b", seed_texts[1], ("other",), ("delivery",), urgency=(1, 3), critical=0.7),
        pair("c", seed_texts[2], (), (), sentiment=(4, 2)),
    ]
    nulls = {"issues": None, "sentiment": None, "urgency": None}
    blank = [
        (replace(example, **nulls), verdict)
        for example, verdict in (
            pair(f"n{k}", "无", (), ("other",), urgency=(0, 3), critical=0.99) for k in range(5)
        )
    ]
    alone, mixed = made(*rows, times=0), made(*rows, *blank, times=0)
    assert (alone["n"], mixed["n"]) == (3, 8)
    for name in ("overall", "issues", "confusion", "critical", "worst"):
        assert mixed[name] == alone[name], name
    assert mixed["coverage"]["curve"] == alone["coverage"]["curve"]
    assert mixed["coverage"]["at_70"] == alone["coverage"]["at_70"]
    assert {name: row["n"] for name, row in mixed["calibration"].items()} == dict.fromkeys(
        ISSUES, 3
    )
    assert sum(row["n"] for row in mixed["slices"]["issues"].values()) == 3


def test_texts_with_polarity_only_are_refused(seed_texts):
    _, verdict = pair("p1", seed_texts[0])
    with pytest.raises(DataError, match="none of the 1 texts") as caught:
        made((Example("p1", seed_texts[0], None, 2, None), verdict))
    assert caught.value.remedy


def test_a_folder_that_cannot_be_made_is_an_output_error(whole, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="Cannot write the report"):
        report.write(tmp_path / "file", whole)


def test_without_matplotlib_it_is_said_what_to_install(whole, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.font_manager", None)
    with pytest.raises(InputError, match="matplotlib") as caught:
        report.write(tmp_path / "r", whole)
    assert "pip install" in caught.value.remedy
    assert not (tmp_path / "r").exists()
