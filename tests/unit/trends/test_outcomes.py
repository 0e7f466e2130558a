"""What became of customers: only tickets that are old enough tell."""

import numpy as np

from triage.trends.outcomes import repeated, retained

DAY = 86_400


def days(*values):
    return np.array(values, dtype=np.int64) * DAY


def test_another_ticket_within_thirty_days_is_a_repeat():
    at, who = days(0, 20, 60, 0), np.array([1, 1, 1, 2])
    assert repeated(at, who, now=200 * DAY).tolist() == [1, 0, 0, 0]


def test_a_young_ticket_tells_nothing_even_if_its_customer_came_back():
    at, who = days(0, 90, 95), np.array([1, 2, 2])
    found = repeated(at, who, now=100 * DAY)
    assert found[0] == 0
    assert np.isnan(found[1:]).all()


def test_tickets_without_a_customer_are_not_taken_for_those_of_one():
    assert np.isnan(repeated(days(0, 1), np.array([-1, -1]), now=99 * DAY)).all()


def test_the_order_of_the_tickets_does_not_matter():
    at, who = days(60, 0, 20), np.array([1, 1, 1])
    assert repeated(at, who, now=200 * DAY).tolist() == [0, 1, 0]


def test_who_left_within_ninety_days_was_not_kept():
    at, who = days(0, 50, 0, 0), np.array([0, 0, 1, -1])
    left = np.array([100.0 * DAY, np.nan])
    found = retained(at, who, left, now=300 * DAY)
    assert found[:3].tolist() == [1, 0, 1]
    assert np.isnan(found[3])


def test_before_ninety_days_nobody_is_known_to_have_stayed_or_gone():
    left = np.array([10.0 * DAY])
    assert np.isnan(retained(days(0), np.array([0]), left, now=50 * DAY)).all()


def test_where_the_house_names_nobody_who_left_nothing_is_told():
    assert np.isnan(retained(days(0), np.array([0]), np.array([np.nan]), now=999 * DAY)).all()
