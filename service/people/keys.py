"""API keys: `fz_<public id>_<secret>`, shown once, kept only as an argon2 hash.

The public id finds the row; hash and text then go to a `Verifier`.
"""

import hmac
import re
import secrets
import string
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import blake2b

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

PREFIX = "fz"
_LOWER = string.ascii_lowercase + string.digits
_ALL = string.ascii_letters + string.digits
# Bounded above: a key of megabytes must not reach the hash.
_KEY = re.compile(rf"{PREFIX}_([a-z0-9]{{8}})_[A-Za-z0-9]{{32,64}}")


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key just made. `secret_text` is the whole key: show it once and keep only `hash`."""

    public_id: str
    secret_text: str = field(repr=False)
    hash: str = field(repr=False)


def default_hasher() -> PasswordHasher:
    """Return argon2id with 19 MiB, 2 passes, 1 lane: the least that OWASP recommends.

    That is meant for passwords; our secrets have 256 random bits and nobody guesses them.
    """
    return PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


def new_key(hasher: PasswordHasher | None = None) -> NewKey:
    """Make a key. The caller sees to it that its `public_id` is not yet taken."""
    public_id = "".join(secrets.choice(_LOWER) for _ in range(8))
    text = f"{PREFIX}_{public_id}_" + "".join(secrets.choice(_ALL) for _ in range(43))
    return NewKey(public_id, text, (hasher or default_hasher()).hash(text))


def public_id_of(text: str) -> str | None:
    """Return the public id of what has the form of a key, else None."""
    match = _KEY.fullmatch(text)
    return match[1] if match else None


def verify(stored: str, text: str, *, hasher: PasswordHasher | None = None) -> bool:
    """Tell whether `text` is the key of which `stored` is the hash; no for an unreadable hash."""
    try:
        return (hasher or default_hasher()).verify(stored, text)
    except (VerificationError, InvalidHashError):
        return False


class Verifier:
    """Verifies keys and remembers for `ttl` seconds which were right.

    A wrong key is never remembered, and an unknown one takes as long as a wrong one. Who
    looks up the hash at each request sees a revocation at once; who keeps hashes calls `forget`.
    At most `at_once` verifications run together, each of which takes 19 MiB and tens of
    milliseconds; more wait. Safe to use from several threads.
    """

    def __init__(
        self,
        hasher: PasswordHasher | None = None,
        *,
        ttl: float = 60.0,
        size: int = 1024,
        at_once: int = 2,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._hasher = hasher or default_hasher()
        self._ttl, self._size, self._clock = ttl, size, clock
        self._salt = secrets.token_bytes(64)
        self._dummy = self._hasher.hash(secrets.token_hex(16))
        self._seats = threading.BoundedSemaphore(at_once)
        self._lock = threading.Lock()
        self._right: OrderedDict[str, tuple[bytes, float]] = OrderedDict()
        self._forgotten = 0

    def verify(self, stored: str | None, text: str) -> bool:
        """Tell whether `text` is the key with the hash `stored`.

        None stands for a public id that is unknown or revoked.
        """
        public_id = public_id_of(text)
        if public_id is None:
            return False
        if stored is None:
            with self._seats:
                verify(self._dummy, text, hasher=self._hasher)
            return False
        mark = self._mark(stored, text)
        return self._is_remembered(public_id, mark) or self._prove(public_id, mark, stored, text)

    def forget(self, public_id: str) -> None:
        """Verify this key anew next time, also if it is being verified at this moment."""
        with self._lock:
            self._right.pop(public_id, None)
            self._forgotten += 1

    def _prove(self, public_id: str, mark: bytes, stored: str, text: str) -> bool:
        with self._seats:
            # Another thread may have proved the same key while this one waited.
            if self._is_remembered(public_id, mark):
                return True
            before = self._forgotten
            right = verify(stored, text, hasher=self._hasher)
            if right:
                self._remember(public_id, mark, before)
            return right

    def _mark(self, stored: str, text: str) -> bytes:
        """Return what is kept instead of the key, of use to nobody outside this process."""
        return blake2b(f"{stored}\n{text}".encode(), key=self._salt).digest()

    def _is_remembered(self, public_id: str, mark: bytes) -> bool:
        with self._lock:
            kept, until = self._right.get(public_id, (b"", 0.0))
            return hmac.compare_digest(kept, mark) and self._clock() < until

    def _remember(self, public_id: str, mark: bytes, before: int) -> None:
        with self._lock:
            if before != self._forgotten:
                return
            self._right[public_id] = (mark, self._clock() + self._ttl)
            self._right.move_to_end(public_id)
            while len(self._right) > self._size:
                self._right.popitem(last=False)
