"""Emerging topics on desks of authored texts: bursts are found, Mondays and sales are not."""

from datetime import date, timedelta

import numpy as np
import pytest

from tests.unit.trends.streams import Desk
from triage.trends.calendar import Calendar
from triage.trends.emerging import Known, Settings, watch
from triage.trends.terms import Doc, Terms


@pytest.fixture
def desk():
    return Desk(seed=3).pass_days(56)


def test_a_desk_without_a_text_has_no_alert():
    told = watch(Terms())
    assert (told.alerts, told.tests) == ((), 0)


def test_a_burst_of_five_customers_is_an_alert_the_same_day(desk):
    day = desk.pass_day(burst=5)
    (alert,) = desk.watch()
    assert {"暖风机", "暖风机冒烟"} & {*alert.terms}
    assert (alert.n, alert.window, alert.day, alert.first_seen) == (5, 1, day, day)
    assert alert.expected < 0.5
    assert alert.ratio > 10
    assert alert.p < 1e-5
    assert sorted(alert.docs) == [f"burst-{day}-{k}" for k in range(5)]
    assert alert.products == (("暖风机", 5),)
    assert alert.channels == (("phone", 5),)


def test_three_a_day_add_up_within_three_days(desk):
    days = 0
    while not desk.watch() and days < 7:
        desk.pass_day(burst=3)
        days += 1
    ((_, alert),) = desk.new
    assert days <= 3
    assert alert.window > 1
    assert any("暖风机" in term for term in alert.terms)


def test_one_matter_is_one_alert_and_goes_on_under_its_name(desk):
    for _ in range(6):
        desk.pass_day(burst=5)
        desk.watch()
    assert len(desk.new) == 1
    assert desk.known["alert-0"].day == desk.terms.last


def test_an_alert_that_has_calmed_begins_anew(desk):
    desk.pass_day(burst=6)
    (alert,) = desk.watch()
    old = Known("old", alert.terms, alert.day - timedelta(days=8))
    (again,) = watch(desk.terms, known=[old]).alerts
    assert again.id == ""
    fresh = Known("new", alert.terms, alert.day - timedelta(days=7))
    assert watch(desk.terms, known=[old, fresh]).alerts[0].id == "new"


def test_quiet_weeks_raise_no_alert_on_mondays_or_any_day():
    desk = Desk(seed=4, volume=30).pass_days(35)
    for _ in range(15):
        desk.pass_day()
        assert desk.watch() == []
    assert desk.new == []


def test_a_sale_that_triples_everything_raises_no_alert():
    desk = Desk(seed=5, volume=30, first=date(2026, 9, 14)).pass_days(58)
    assert desk.day == date(2026, 11, 11)
    for times in (3.0, 3.0, 2.0, 1.6, 1.3):
        desk.pass_day(times=times)
        assert desk.watch() == []


def test_one_customer_who_writes_ten_times_is_no_alert(desk):
    desk.pass_day(burst=10, customers="c1")
    assert desk.watch() == []


def test_the_same_customer_on_many_days_counts_once(desk):
    for _ in range(6):
        desk.pass_day(burst=2, customers="c1")
        assert desk.watch() == []


def test_four_customers_are_too_few(desk):
    desk.pass_day(burst=4)
    assert desk.watch() == []
    assert desk.watch(settings=Settings(least=3, per_month=30.0)) != []


def test_a_young_desk_says_nothing():
    desk = Desk(seed=6).pass_days(10)
    desk.pass_day(burst=8)
    assert desk.watch() == []


def test_half_a_day_is_compared_with_half_a_day(desk):
    desk.pass_day(times=0.3)
    assert desk.watch() == []


def test_a_smaller_budget_asks_for_more(desk):
    desk.pass_day(burst=5)
    wide, narrow = (watch(desk.terms, settings=Settings(per_month=b)) for b in (30.0, 0.01))
    assert narrow.level < wide.level
    assert 0 < narrow.tests == wide.tests


def test_what_was_known_all_along_is_no_news():
    desk = Desk(seed=7)
    for _ in range(60):
        desk.pass_day(burst=4)
    desk.pass_day(burst=6)
    assert desk.watch() == []


def test_two_matters_are_two_alerts_the_less_likely_first(desk):
    for number in range(6):
        name = f"other-{number}"
        desk.terms.add([Doc(name, desk.day, "优惠券领取失败，页面白屏", name)])
    desk.pass_day(burst=9)
    found = watch(desk.terms).alerts
    assert [("暖风机" in alert.terms[0], "白屏" in "".join(alert.terms)) for alert in found] == [
        (True, False),
        (False, True),
    ]
    assert found[0].p < found[1].p


def test_two_bursts_that_continue_one_alert_are_one(desk):
    for number in range(6):
        name = f"other-{number}"
        desk.terms.add([Doc(name, desk.day, "优惠券领取失败，页面白屏", name)])
    desk.pass_day(burst=9)
    both = tuple(term for alert in watch(desk.terms).alerts for term in alert.terms)
    (alert,) = watch(desk.terms, known=[Known("one", both, desk.terms.last)]).alerts
    assert alert.id == "one"
    assert set(alert.terms) == set(both)
    assert len(alert.docs) == 15


SEASON = [("中秋快到了，订月饼", True), ("月饼发霉长毛", False)]


@pytest.mark.parametrize(("text", "quiet"), SEASON)
def test_words_of_the_season_are_no_news_and_their_faults_are(text, quiet):
    desk = Desk(seed=8, first=date(2026, 7, 20)).pass_days(60)
    for number in range(8):
        desk.terms.add([Doc(f"m{number}", desk.day, text, f"c{number}")])
    desk.pass_day()
    alerts = watch(desk.terms).alerts
    told = {term for alert in alerts for term in alert.terms}
    assert not {"月饼", "中秋"} & told
    assert ("发霉" in "".join(told)) is not quiet


def test_without_the_calendar_the_season_is_news():
    desk = Desk(seed=8, first=date(2026, 7, 20)).pass_days(60)
    for number in range(8):
        desk.terms.add([Doc(f"m{number}", desk.day, "月饼", f"c{number}")])
    desk.pass_day()
    told = watch(desk.terms, calendar=Calendar((), public=False)).alerts
    assert [alert.terms for alert in told] == [("月饼",)]


def test_bursts_are_found_soon_and_quiet_desks_stay_quiet():
    """Eight desks: bursts of five a day are found within a week, nothing is told before."""
    delays, false = [], 0
    for seed in range(100, 108):
        desk = Desk(seed=seed, volume=25).pass_days(42)
        for _ in range(3):
            desk.pass_day()
            false += len(desk.watch())
        for days in range(1, 8):
            desk.pass_day(burst=int(desk.rng.poisson(5)))
            if any("暖风机" in "".join(alert.terms) for alert in desk.watch()):
                delays.append(days)
                break
    assert len(delays) >= 7
    assert np.median(delays) <= 2
    assert false == 0
