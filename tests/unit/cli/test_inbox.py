"""The commands of the inbox: demo, import, routes, keys."""

import json

import pytest
from sqlalchemy import func, select

from service.db.engine import connect, writing
from service.db.tables import api_keys, follow_ups, promises, tickets
from service.db.trend_tables import ticket_facts
from service.settings import read_settings


def column(*columns):
    database = connect(read_settings().database_url)
    with database.connect() as connection:
        rows = connection.execute(select(*columns)).all()
    database.dispose()
    return rows


@pytest.fixture
def export(tmp_path):
    path = tmp_path / "导出.csv"
    rows = "编号,留言内容,手机\n1,等了三天还没发货,13800001111\n2,,\n3,客服骂人,13800001111\n"
    path.write_bytes(rows.encode("gb18030"))
    return path


def test_the_demo_fills_an_empty_database_with_a_living_inbox(cli, tiny_model):
    done = cli("demo", "--model", tiny_model)
    assert done.code == 0, done.err
    assert "139" in done.out
    assert column(func.count(tickets.c.id)) == [(139,)]
    stands = {status for (status,) in column(tickets.c.status)}
    assert stands >= {"open", "closed"}
    assert {state for (state,) in column(promises.c.state)} >= {"kept", "broken"}
    assert column(func.count(follow_ups.c.id))[0][0] > 0
    again = cli("demo", "--model", tiny_model)
    assert again.code == 2
    assert "holdsticketsalready" in again.said


def test_a_file_becomes_tickets_once(cli, tiny_model, export):
    done = cli("import", export, "--model", tiny_model)
    assert done.code == 0, done.err
    assert "created 2" in done.out
    assert "rejected 1" in done.out
    assert "2: The text is empty." in done.err
    again = cli("import", export, "--model", tiny_model)
    assert "created 0 · 已有 known 2" in again.out
    assert {external for (external,) in column(tickets.c.external_id)} == {"1", "3"}


def test_the_rules_in_the_box_are_usable(cli):
    done = cli("routes", "check")
    assert done.code == 0
    assert "条规则" in done.out


def test_a_rule_file_with_a_wrong_name_is_refused_with_its_line(cli, root, tmp_path):
    text = (root / "data/desk/rules.yaml").read_text("utf-8")
    broken = tmp_path / "rules.yaml"
    broken.write_text(
        text.replace("{issues: product_quality}", "{issues: prodct_quality}"), "utf-8"
    )
    done = cli("routes", "check", broken)
    assert done.code == 2
    line = 1 + text[: text.index("{issues: product_quality}")].count("\n")
    assert f"rules.yaml:{line}" in done.said
    assert "product_quality" in done.said


def test_rules_are_tried_on_the_tickets_of_the_inbox(cli, tiny_model, export):
    cli("import", export, "--model", tiny_model)
    done = cli("routes", "try")
    assert done.code == 0, done.err
    assert "工单: 2" in done.out
    assert "从不命中的规则" in done.out


def test_rules_are_tried_on_a_file_of_verdicts(cli, tiny_engine, tmp_path):
    from triage import Feedback

    verdict = tiny_engine(Feedback("a1", "等了三天还没发货")).to_dict()
    path = tmp_path / "verdicts.jsonl"
    path.write_text(json.dumps(verdict) + "\n", "utf-8")
    assert "工单: 1" in cli("routes", "try", "--verdicts", path).out


def test_a_key_is_made_shown_once_listed_and_revoked(cli):
    made = cli("keys", "create", "店长", "--role", "admin")
    assert made.out.startswith("fz_")
    public_id = made.out.split("_")[1]
    listed = cli("keys", "list").out
    assert public_id in listed
    assert "店长" in listed
    assert made.out.strip() not in listed
    ((kept,),) = column(api_keys.c.hash)
    assert made.out.strip() not in kept
    second = cli("keys", "create", "二号", "--role", "admin").out.split("_")[1]
    assert cli("keys", "revoke", second).code == 0
    assert "revoked" in cli("keys", "list").out
    missing = cli("keys", "revoke", "nobody00")
    assert missing.code == 2
    assert "nobody00" in missing.err


def test_facts_are_exported_by_day_and_again_only_what_changed(cli, tiny_model, export, tmp_path):
    cli("import", export, "--model", tiny_model)
    out = tmp_path / "facts"
    done = cli("export-facts", out)
    assert done.code == 0, done.err
    assert "1 天 days · 2 张工单 tickets · 改写 written 1 · 删除 removed 0" in done.out
    assert "改写 written 0" in cli("export-facts", out, "--since", "2020-01-01").out
    assert "0 天 days" in cli("export-facts", out, "--until", "2020-01-01").out
    assert len(list(out.glob("day=*/part-0.parquet"))) == 1


def test_tickets_that_an_export_misses_are_told(cli, tiny_model, export, tmp_path):
    cli("import", export, "--model", tiny_model)
    database = connect(read_settings().database_url)
    with writing(database) as connection:
        connection.execute(ticket_facts.delete())
    database.dispose()
    assert "2ticketsofanolderversion" in cli("export-facts", tmp_path / "facts").said
