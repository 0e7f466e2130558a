import pytest

from tests.service.routing.cases import (
    PAGE,
    TABLES,
    answer,
    book_from,
    mismatches,
    page,
    raw,
)


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    return book_from(raw()["book"], tmp_path_factory.mktemp("cases"))


@pytest.mark.parametrize("case", raw()["calendar"], ids=lambda case: case["en"])
def test_a_calendar_counts_as_worked_out_by_hand(case, book):
    found, expected = answer(case, book.calendars[case["by"]])
    assert found == expected


@pytest.mark.parametrize("case", raw()["clock"], ids=lambda case: case["en"])
def test_a_clock_stands_as_worked_out_by_hand(case, book):
    assert mismatches(case, book) == []


def test_there_are_enough_cases_and_each_is_told_once_in_both_languages():
    cases = [*raw()["calendar"], *raw()["clock"]]
    assert len(cases) >= 60
    for language in ("zh", "en"):
        told = [case[language] for case in cases]
        assert len(set(told)) == len(told)


def test_a_case_that_expects_something_else_is_told(book):
    case = dict(raw()["clock"][0], first_response=[{"state": "met", "elapsed": "3m"}])
    assert mismatches(case, book) == ["first_response 1 elapsed: 0:04:00, not 0:03:00"]


def test_the_page_shows_the_cases_and_the_values_as_they_are():
    text = PAGE.read_text("utf-8")
    assert [name for name in TABLES if f"<!-- table: {name} -->" not in text] == []
    assert text == page(text), "run: python -m tests.service.routing.cases"
