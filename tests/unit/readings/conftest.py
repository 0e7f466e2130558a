"""What every test of a reading needs."""

from datetime import datetime

import pytest

from triage.text.clean import clean
from triage.text.script import to_simplified


@pytest.fixture
def received():
    """The receiving time of every relative date here: a Wednesday."""
    return datetime(2024, 3, 13, 10, 0)


@pytest.fixture
def read():
    """Return a text as the readings get it."""
    return lambda text: to_simplified(clean(text).text)
