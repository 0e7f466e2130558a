from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from service.webhooks.backoff import WAITS, next_attempt

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


class Fixed(Random):
    """Rolls the same number each time."""

    def __init__(self, number):
        super().__init__()
        self.number = number

    def random(self):
        return self.number


def waits(rng):
    times = [next_attempt(attempt, NOW, rng) for attempt in range(1, 11)]
    return [at - NOW if at else None for at in times]


def test_the_waits_grow_from_five_seconds_to_a_day_and_then_the_letter_is_dead():
    seconds = [5, 30, 120, 600, 1800, 7200, 21_600, 43_200, 86_400]
    assert waits(Fixed(0.0)) == [*(timedelta(seconds=wait) for wait in seconds), None]


def test_all_waits_together_are_what_the_documentation_says():
    assert sum(WAITS, timedelta()) == timedelta(hours=44, minutes=42, seconds=35)
    assert sum(waits(Fixed(1.0))[:-1], timedelta()) == timedelta(hours=53, minutes=39, seconds=6)


def test_no_wait_is_shorter_than_its_step_or_a_fifth_longer():
    rng = Random(7)
    for _ in range(200):
        for step, wait in zip(WAITS, waits(rng), strict=False):
            assert step <= wait <= step * 1.2


def test_messages_that_failed_together_come_back_spread_out():
    rng = Random(7)
    assert len({next_attempt(4, NOW, rng) for _ in range(50)}) == 50


def test_the_same_dice_give_the_same_time():
    assert next_attempt(3, NOW, Random(1)) == next_attempt(3, NOW, Random(1))


def test_a_receiver_may_ask_for_a_longer_wait_but_not_for_a_shorter_one():
    later, sooner = timedelta(hours=1), timedelta(seconds=1)
    assert next_attempt(1, NOW, Fixed(0), retry_after=later) == NOW + later
    assert next_attempt(1, NOW, Fixed(0), retry_after=sooner) == NOW + WAITS[0]


def test_a_receiver_that_asks_to_wait_does_not_keep_a_dead_letter_alive():
    assert next_attempt(10, NOW, Fixed(0), retry_after=timedelta(hours=1)) is None
    assert next_attempt(99, NOW, Fixed(0)) is None


def test_attempts_count_from_one():
    with pytest.raises(ValueError, match="from 1"):
        next_attempt(0, NOW, Fixed(0))
