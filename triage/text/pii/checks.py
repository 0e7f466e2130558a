"""Check digits of identity numbers and bank cards."""

import re
from datetime import date
from functools import cache

_REGIONS = (
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65"
    " 71 81 82 83"
)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_SIGNS = "10X98765432"
_TAIWAN = dict(zip("ABCDEFGHJKLMNPQRSTUVXYWZIO", range(10, 36), strict=True))


def luhn(digits: str) -> bool:
    """Whether `digits` end in the check digit of a payment card."""
    total = 0
    for place, char in enumerate(reversed(digits)):
        value = int(char) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def mainland_id(number: str) -> bool:
    """Whether 18 characters are an identity number: region, birthday, check sign."""
    if not _born(number[:2], number[6:10], number[10:14]):
        return False
    total = sum(int(char) * weight for char, weight in zip(number, _WEIGHTS, strict=False))
    return number[17].upper() == _SIGNS[total % 11]


def old_mainland_id(number: str) -> bool:
    """Whether 15 digits may be an identity number of before 2000: region and birthday."""
    return _born(number[:2], f"19{number[6:8]}", number[8:12])


def _born(region: str, year: str, day: str) -> bool:
    if region not in _REGIONS.split() or not "1900" <= year < "2050":
        return False
    try:
        date(int(year), int(day[:2]), int(day[2:]))
    except ValueError:
        return False
    return True


def hong_kong_id(letters: str, digits: str, check: str) -> bool:
    """Whether one or two letters, six digits and the sign in brackets belong together."""
    signs = letters.upper().rjust(2) + digits
    values = [36 if sign == " " else int(sign, 36) for sign in signs]
    total = sum(value * weight for value, weight in zip(values, range(9, 1, -1), strict=True))
    return (total + int(check, 16)) % 11 == 0


def taiwan_id(number: str) -> bool:
    """Whether a letter and nine digits are an identity or residence number of Taiwan."""
    code = _TAIWAN[number[0].upper()]
    total = code // 10 + code % 10 * 9 + int(number[9])
    total += sum(
        int(char) * weight for char, weight in zip(number[1:9], range(8, 0, -1), strict=True)
    )
    return total % 10 == 0


@cache
def _common_card() -> re.Pattern[str]:
    return re.compile(r"62[0-9]{14,17}|4[0-9]{15}|5[1-5][0-9]{14}|35(?:2[89]|[3-8][0-9])[0-9]{12}")


@cache
def _rare_card() -> re.Pattern[str]:
    return re.compile(
        r"4[0-9]{12}(?:[0-9]{6})?|3[47][0-9]{13}|3(?:0[0-5]|[68][0-9])[0-9]{11}"
        r"|2(?:2(?:2[1-9]|[3-9][0-9])|[3-6][0-9]{2}|7(?:[01][0-9]|20))[0-9]{12}"
        r"|955[89][0-9]{12,15}|6(?:0|[4-9])[0-9]{14,17}|5[06-8][0-9]{14,17}"
    )


def common_card(digits: str) -> bool:
    """Whether the prefix and the length are of a wide-spread card, and the check digit is right."""
    return bool(_common_card().fullmatch(digits)) and luhn(digits)


def any_card(digits: str) -> bool:
    """Whether the prefix and the length are of any card known, and the check digit is right."""
    return common_card(digits) or (bool(_rare_card().fullmatch(digits)) and luhn(digits))
