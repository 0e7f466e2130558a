"""Signatures after Standard Webhooks (https://www.standardwebhooks.com), symmetric scheme v1.

The signed content is `id.timestamp.body`. A receiver recomputes it over the raw body, with
any library of that standard or with `verify`.
"""

import base64
import binascii
import hashlib
import hmac
import re
import secrets as random
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from triage import InputError

PREFIX = "whsec_"
TOLERANCE = timedelta(minutes=5)
# A dot would make the signed content ambiguous; anything else might break the header.
_MESSAGE_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")
_SECONDS = re.compile(r"[0-9]{1,12}")


class SecretError(InputError):
    """A secret or message id with which nothing can be signed."""

    code = "bad_secret"


class SignatureError(InputError):
    """A message that was not signed with our secret, or too long ago."""

    code = "bad_signature"


def new_secret() -> str:
    """Return a fresh secret: `whsec_` and the base64 of 32 random bytes."""
    return PREFIX + base64.b64encode(random.token_bytes(32)).decode()


def sign(
    secrets: str | Sequence[str], message_id: str, timestamp: datetime, body: bytes
) -> dict[str, str]:
    """Return the three headers that prove who sent `body`, and when.

    Several secrets, as during a rotation, give several signatures: a receiver that knows any
    of them accepts. `timestamp` is aware. Raises SecretError.
    """
    if not _MESSAGE_ID.fullmatch(message_id):
        raise SecretError(
            f"{message_id[:40]!r} cannot be the id of a signed message.",
            remedy="Use up to 128 letters, digits, '-' and '_'.",
        )
    content = _content(message_id, str(int(timestamp.timestamp())), body)
    signatures = [f"v1,{base64.b64encode(mac).decode()}" for mac in _macs(secrets, content)]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(timestamp.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def verify(
    secrets: str | Sequence[str],
    headers: Mapping[str, str],
    body: bytes,
    *,
    now: datetime | None = None,
    tolerance: timedelta = TOLERANCE,
) -> None:
    """Accept a message that one of `secrets` signed within `tolerance` of `now`, or raise.

    `body` is the raw one, as it came; the names of headers may have any case. Raises
    SignatureError, and SecretError where one of our own secrets is no secret.
    """
    named = {name.lower(): value for name, value in headers.items()}
    message_id, sent, signatures = (
        named.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature")
    )
    if not (message_id and sent and signatures):
        raise SignatureError(
            "webhook-id, webhook-timestamp or webhook-signature is missing.",
            remedy="Pass on all headers of the request.",
        )
    _refuse_old(sent, now or datetime.now(UTC), tolerance)
    given = [mac for mac in map(_mac_of, signatures.split()) if mac]
    expected = _macs(secrets, _content(message_id, sent, body))
    if not any(hmac.compare_digest(one, other) for one in expected for other in given):
        raise SignatureError(
            "No signature fits this body and secret.",
            remedy="Verify the raw body, before any parsing, with the secret of this endpoint.",
        )


def _content(message_id: str, sent: str, body: bytes) -> bytes:
    return f"{message_id}.{sent}.".encode() + body


def _macs(secrets: str | Sequence[str], content: bytes) -> list[bytes]:
    several = (secrets,) if isinstance(secrets, str) else secrets
    if not several:
        raise SecretError("There is no secret to sign with.", remedy="Give at least one.")
    return [hmac.digest(_key(secret), content, hashlib.sha256) for secret in several]


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except ValueError:
        key = b""
    if not secret.startswith(PREFIX) or not 24 <= len(key) <= 64:
        # The message must not repeat what may be most of a secret.
        raise SecretError(
            "This is not a webhook secret.",
            remedy=f"A secret is {PREFIX} and the base64 of 24 to 64 bytes.",
        )
    return key


def _refuse_old(sent: str, now: datetime, tolerance: timedelta) -> None:
    at = int(sent) if _SECONDS.fullmatch(sent) else None
    if at is None or abs(now.timestamp() - at) > tolerance.total_seconds():
        raise SignatureError(
            f"The timestamp {sent[:20]!r} is not within {tolerance} of now.",
            remedy="Check the clock of this machine; refuse what somebody may be replaying.",
        )


def _mac_of(signature: str) -> bytes | None:
    version, _, encoded = signature.partition(",")
    try:
        return base64.b64decode(encoded, validate=True) if version == "v1" else None
    except (binascii.Error, ValueError):
        return None
