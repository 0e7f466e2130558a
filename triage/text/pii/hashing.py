"""Keyed fingerprints: the same phone, however written, is found again without being kept."""

import hashlib
import re
from collections.abc import Callable
from unicodedata import normalize

from triage.errors import InputError
from triage.text.pii.views import folded, spoken

_SIZE = 16
_LONGEST_KEY = hashlib.blake2b.MAX_KEY_SIZE
_COUNTRY = re.compile(
    r"(?:00)?(?:86(?=0?(?:1[3-9][0-9]{9}|[1-9][0-9]{9,10})\Z)|85[23](?=[0-9]{8}\Z))"
)
_TAIWAN = re.compile(r"(?:00)?886(?:0?)(?=[2-9][0-9]{7,8}\Z)")
_EXTENSION = re.compile(r"(?:转|轉|分机|分機|ext|#).*\Z", re.I | re.S)


def fingerprint(kind: str, value: str, key: bytes) -> str | None:
    """Return 32 hex digits that are the same for the same datum, however it is written.

    Kinds are those of `find_pii`; any other kind is compared as written, blanks and width
    aside. None for a value that says nothing (empty, masked, no number). Raises InputError
    for a key that is empty or longer than 64 bytes.
    """
    if not 0 < len(key) <= _LONGEST_KEY:
        raise InputError(
            f"A key of {len(key)} bytes cannot be used for fingerprints.",
            remedy=f"Give 1 to {_LONGEST_KEY} bytes; 32 random ones are right.",
        )
    normal = _NORMAL.get(kind, _written)(folded(value))
    if not normal or "*" in value:
        return None
    message = f"{kind}\0{normal}".encode("utf-8", "surrogatepass")
    return hashlib.blake2b(message, key=key, digest_size=_SIZE).hexdigest()


def _phone(value: str) -> str:
    value = _EXTENSION.sub("", value)
    digits = _digits(spoken(value) or value)
    digits = _TAIWAN.sub("0", digits)
    digits = _COUNTRY.sub("", digits)
    if re.fullmatch(r"01[3-9][0-9]{9}", digits):
        digits = digits[1:]
    elif re.fullmatch(r"(?:10|2[0-9]|[3-9][0-9]{2})[2-8][0-9]{6,7}", digits) and len(digits) > 9:
        digits = f"0{digits}"
    return digits if len(digits) >= 7 else ""


def country(digits: str) -> int:
    """Return how many of the first digits of a phone number are the prefix of a country."""
    plain = folded(digits)
    match = _TAIWAN.match(plain) or _COUNTRY.match(plain)
    return match.end() if match else 0


def _digits(value: str) -> str:
    return re.sub(r"[^0-9]", "", value)


def _signs(value: str) -> str:
    """Keep letters and digits only, upper case."""
    return "".join(filter(str.isalnum, value)).upper()


def _email(value: str) -> str:
    value = "".join(value.split()).lower()
    return value if re.fullmatch(r"[^@]+@[^@]+", value) else ""


def _account(value: str) -> str:
    return "".join(value.split()).lower()


def _written(value: str) -> str:
    return "".join(normalize("NFKC", value).split())


_NORMAL: dict[str, Callable[[str], str]] = {
    "phone": _phone,
    "id_card": _signs,
    "passport": _signs,
    "bank_card": _digits,
    "plate": _signs,
    "email": _email,
    "wechat": _account,
    "qq": _digits,
    "line": _account,
    "order": _signs,
}
