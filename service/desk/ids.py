"""Identifiers that sort by the time they were made: `t_01kf3v8c2x9q7wamb0`."""

import secrets
import time

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's: no i, l, o, u
_TIME, _CHANCE = 9, 9  # characters: 45 bits of milliseconds reach the year 3084


def new_id(prefix: str) -> str:
    """Return a new identifier; two of the same millisecond differ by 45 bits of chance."""
    stamp = _written(time.time_ns() // 1_000_000, _TIME)
    return f"{prefix}_{stamp}{_written(secrets.randbits(5 * _CHANCE), _CHANCE)}"


def _written(number: int, length: int) -> str:
    digits = []
    for _ in range(length):
        number, digit = divmod(number, 32)
        digits.append(_ALPHABET[digit])
    return "".join(reversed(digits))
