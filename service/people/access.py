"""Who is asking: a key, a signed session of a browser, or this machine before any key is made."""

from dataclasses import dataclass
from ipaddress import ip_address
from time import monotonic

from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy import Engine

from service.db.keys import active_key, has_keys
from service.errors import ForbiddenError, UnauthorisedError
from service.people.keys import Verifier, public_id_of
from service.people.roles import Permission, Role, allows

_HERE = "here"
_KEPT_SECONDS = 1.0
_MOST_KEPT = 1000
SESSION = "fenzhen_session"
SESSION_SECONDS = 12 * 3600
_LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]", "testserver"})


@dataclass(frozen=True, slots=True)
class Principal:
    """Who acts, and in which role. `key` is the public id of the key, none on this machine."""

    name: str
    role: Role
    key: str | None = None

    @property
    def actor(self) -> str:
        """The name that the log keeps."""
        return f"person:{self.name}"

    def may(self, needed: Permission) -> bool:
        """Tell whether the role allows it."""
        return allows(self.role, needed)

    def demand(self, needed: Permission) -> None:
        """Raise ForbiddenError where the role does not allow it."""
        if not self.may(needed):
            raise ForbiddenError(
                f"The role {self.role.value} may not: {needed.value}.",
                remedy="Ask an admin for a key of a higher role.",
            )


class Access:
    """Tells who asks. What was found is kept for a second: a revoked key ends within it."""

    def __init__(self, database: Engine, verifier: Verifier, secret: bytes, *, open_: bool) -> None:
        self._database = database
        self._verifier = verifier
        self._sessions = URLSafeTimedSerializer(secret, salt="fenzhen-session")
        self._open = open_
        self._recent: dict[str, tuple[Principal | None, float]] = {}

    def by_key(self, text: str) -> Principal:
        """Return who holds the key. Raises UnauthorisedError for one that is not known."""
        public_id = public_id_of(text)
        with self._database.connect() as connection:
            row = active_key(connection, public_id) if public_id else None
        if not self._verifier.verify(row.hash if row else None, text) or row is None:
            raise UnauthorisedError("This API key is not known.", remedy="Ask an admin for one.")
        return self._keep(text, Principal(row.name, Role(row.role), row.id))

    def recent(self, name: str) -> Principal | None:
        """Return who was found under this name less than a second ago."""
        found, until = self._recent.get(name, (None, 0.0))
        return found if monotonic() < until else None

    def forget(self, public_id: str) -> None:
        """Look anew at every name: a key was made or revoked."""
        self._recent.clear()
        self._verifier.forget(public_id)

    def session_of(self, principal: Principal) -> str:
        """Return the cookie of a browser that has shown its key."""
        return self._sessions.dumps(principal.key)

    def by_session(self, cookie: str) -> Principal | None:
        """Return who shows the cookie; None where it is old, forged, or of a revoked key."""
        try:
            public_id = self._sessions.loads(cookie, max_age=SESSION_SECONDS)
        except BadSignature:
            return None
        with self._database.connect() as connection:
            row = active_key(connection, str(public_id))
        return Principal(row.name, Role(row.role), row.id) if row else None

    def by_place(self, client: str | None, host: str, *, forwarded: bool) -> Principal | None:
        """Return the person at this machine, as long as no key was ever made."""
        if not self._open or forwarded or not _is_local(client, host):
            return None
        if found := self.recent(_HERE):
            return found
        with self._database.connect() as connection:
            if has_keys(connection):
                return None
        return self._keep(_HERE, Principal("local", Role.ADMIN))

    def _keep(self, name: str, principal: Principal) -> Principal:
        if len(self._recent) > _MOST_KEPT:
            self._recent.clear()
        self._recent[name] = (principal, monotonic() + _KEPT_SECONDS)
        return principal


def _is_local(client: str | None, host: str) -> bool:
    # A page of another site can make a browser call us by a name that it has pointed here.
    name = host if host.endswith("]") else host.rsplit(":", 1)[0]
    if name not in _LOCAL_NAMES or client is None:
        return False
    if client == "testclient":
        return True
    try:
        return ip_address(client).is_loopback
    except ValueError:
        return False
