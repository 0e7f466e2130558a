"""docs/grafana/fenzhen.json: whole, and every metric and query of it is answered."""

import json
import re
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.service.metrics.test_metrics import samples, state_of

BOARD = json.loads(
    Path(__file__).parents[3].joinpath("docs", "grafana", "fenzhen.json").read_text("utf-8")
)
PANELS = [panel for panel in BOARD["panels"] if panel["type"] != "row"]
TARGETS = [(panel["title"], target) for panel in PANELS for target in panel["targets"]]
PROMQL = sorted({one["expr"] for _, one in TARGETS if "expr" in one})
QUERIES = {title: one for title, one in TARGETS if "rawSql" in one}
METRIC = re.compile(r"\b(?:fenzhen|process)_\w+")
WORDS = {"sum", "max", "by", "rate", "increase", "histogram_quantile"}
DAYS = {"${__from:date:YYYY-MM-DD}": "2000-01-01", "${__to:date:YYYY-MM-DD}": "2100-01-01"}


def filled(query):
    """The query as Grafana sends it."""
    for name, day in DAYS.items():
        query = query.replace(name, day)
    assert "$" not in query
    return query


@pytest.fixture(scope="module")
def told(start):
    """The metrics of a desk on which everything that is counted has happened."""
    client = start()
    for words in ("快递还没收到", "今天天气不错"):
        assert client.post("/v1/tickets", json={"text": words}).status_code == 201
    drift = client.app.state.fenzhen.runtime.drift
    drift.report()
    text_of = client.get("/metrics").text
    return samples(text_of)


@pytest.mark.parametrize("expression", PROMQL)
def test_every_metric_and_label_of_the_dashboard_is_told(told, expression):
    names = METRIC.findall(expression)
    assert len(names) == 1
    (name,) = names
    if name == "fenzhen_drift_alerts":  # once a week was compared: test_metrics.py
        return
    labels = {label for key in told if key[0] == name for label, _ in key[1:]}
    assert name in {key[0] for key in told}
    used = re.findall(r"by \(([\w, ]+)\)", expression) + re.findall(r"[{,](\w+)=", expression)
    assert {one.strip() for part in used for one in part.split(",")} <= labels


@pytest.mark.parametrize("expression", PROMQL)
def test_an_expression_is_closed_and_of_known_functions(expression):
    assert all(expression.count(a) == expression.count(b) for a, b in ("()", "{}", "[]"))
    bare = re.sub(r'\{.*?\}|".*?"|\[.*?\]|\(([\w, ]+)\)', "", METRIC.sub("", expression))
    assert set(re.findall(r"[a-z_]+", bare)) <= WORDS


def test_every_query_of_the_dashboard_gives_rows_on_each_database(each_desk):
    empty = set()
    with state_of(each_desk).runtime.database.connect() as connection:
        for title, one in QUERIES.items():
            rows = connection.execute(text(filled(one["rawSql"]))).mappings()
            names = list(rows.keys())
            assert ("time" in names) == (" AS time" in one["rawSql"]), title
            if not rows.all():
                empty.add(title)
    # Nobody gave a topic or named a product on this desk.
    assert empty == {"话题 Topics", "产品 Products"}


@pytest.mark.parametrize("title", QUERIES)
def test_a_query_is_the_same_for_both_kinds_of_data_source(title):
    query = QUERIES[title]
    assert query["rawSql"] == query["queryText"] == query["rawQueryText"]


def test_both_data_sources_are_asked_for_and_no_other_is_used():
    asked = {f"${{{one['name']}}}": one["pluginId"] for one in BOARD["__inputs"]}
    used = {(one["datasource"]["uid"], one["datasource"]["type"]) for one in PANELS}
    used |= {(one["datasource"]["uid"], one["datasource"]["type"]) for _, one in TARGETS}
    assert used == set(asked.items())


def test_panels_have_their_own_id_and_place_and_both_languages():
    ids = [panel["id"] for panel in BOARD["panels"]]
    assert len(ids) == len(set(ids))
    cells = [
        (x, y)
        for panel in BOARD["panels"]
        for x in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
    ]
    assert len(cells) == len(set(cells))
    for panel in BOARD["panels"]:
        assert re.search("[\u4e00-\u9fff]", panel["title"])
        assert re.search("[A-Za-z]{3}", panel["title"])
