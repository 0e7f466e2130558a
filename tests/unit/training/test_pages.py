"""Tables as a notebook shows them."""

import pytest

from triage.training.pages import Table, notebook_table, shortened

TABLE = Table(("原话", "n"), [("等了<b>三天</b>还没有人回我电话", "12")], title="A & B")


def test_a_table_shows_itself_in_a_notebook():
    assert TABLE._repr_html_() == notebook_table(TABLE)
    assert notebook_table(TABLE).startswith("<p><b>A &amp; B</b></p><table>")


def test_what_a_customer_wrote_is_no_mark_up_in_a_notebook():
    assert "等了&lt;b&gt;三天&lt;/b&gt;" in notebook_table(TABLE)


def test_numbers_stand_to_the_right_and_short_cells_are_not_broken():
    html = notebook_table(TABLE)
    assert '<td style="text-align: right; white-space: nowrap">12</td>' in html
    assert '<td style="text-align: left; white-space: normal">等了' in html


@pytest.mark.parametrize(
    ("text", "shown"), [("一二三", "一二三"), ("一二三四", "一二三…"), ("一\n二", "一 二")]
)
def test_a_long_text_is_cut_and_put_on_one_line(text, shown):
    assert shortened(text, 3) == shown
