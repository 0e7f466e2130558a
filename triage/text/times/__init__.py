"""Waiting times, deadlines and counts of contact, in digits or Chinese numerals.

Relative dates are resolved against the receiving time where it is known: 三天了, 上周三,
大前天, 18号前, 两小时内. Positions are those of the cleaned text.
"""

from triage.text.times.deadlines import find_deadlines
from triage.text.times.lengths import Moment
from triage.text.times.numerals import number
from triage.text.times.repeats import find_repeats
from triage.text.times.waits import find_waits

__all__ = ["Moment", "find_deadlines", "find_repeats", "find_waits", "number"]
