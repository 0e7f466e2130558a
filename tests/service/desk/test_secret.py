"""The key of the installation, and who is let in."""

import stat

import pytest

from service.db.keys import KeyRow, add_key, revoke_key
from service.errors import ForbiddenError, UnauthorisedError
from service.people.access import Access, Principal
from service.people.keys import Verifier, new_key
from service.people.roles import Permission, Role
from service.secret import read_secret
from tests.service.desk.conftest import MONDAY, SECRET
from triage import InputError


def test_the_key_is_made_for_its_owner_alone_and_stays(tmp_path):
    path = tmp_path / "deep" / "secret.key"
    key = read_secret(path)
    assert len(key) == 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_secret(path) == key


@pytest.mark.parametrize("content", [b"", b"abc", b"zz" * 32, b"ab" * 31, b"\xff" * 64])
def test_a_file_that_holds_no_key_is_refused_and_left_alone(tmp_path, content):
    path = tmp_path / "secret.key"
    path.write_bytes(content)
    with pytest.raises(InputError, match="holds no key"):
        read_secret(path)
    assert path.read_bytes() == content


def test_a_folder_in_its_place_is_refused(tmp_path):
    with pytest.raises(InputError, match="holds no key"):
        read_secret(tmp_path)


def test_who_comes_second_reads_what_the_first_has_made(tmp_path, monkeypatch):
    path = tmp_path / "secret.key"
    first = read_secret(path)
    from service import secret

    assert secret._make(path) == first


@pytest.fixture(scope="module")
def verifier():
    return Verifier()


@pytest.fixture
def access(database, verifier):
    return Access(database, verifier, SECRET, open_=True)


@pytest.fixture
def make_key(database):
    def make(role="agent"):
        key = new_key()
        row = KeyRow(key.public_id, "小林", role, key.hash, MONDAY, "person:local")
        with database.begin() as connection:
            add_key(connection, row)
        return key

    return make


def test_this_machine_is_let_in_until_a_key_is_made(access, make_key):
    found = access.by_place("127.0.0.1", "localhost:8000", forwarded=False)
    assert (found.name, found.role) == ("local", Role.ADMIN)
    assert access.by_place("127.0.0.1", "localhost", forwarded=False) is found
    key = make_key()
    access.forget(key.public_id)
    assert access.by_place("127.0.0.1", "localhost:8000", forwarded=False) is None


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:80", "[::1]", "[::1]:8000"])
@pytest.mark.parametrize("client", ["127.0.0.1", "::1"])
def test_every_name_of_this_machine_is_known(access, client, host):
    assert access.by_place(client, host, forwarded=False)


@pytest.mark.parametrize(
    ("client", "host", "forwarded"),
    [
        ("127.0.0.1", "localhost", True),
        ("10.0.0.7", "localhost", False),
        ("127.0.0.1", "evil.example:8000", False),
        ("127.0.0.1", "localhost.evil.example", False),
        ("127.0.0.1", "", False),
        (None, "localhost", False),
        ("unix", "localhost", False),
    ],
)
def test_nobody_else_is_let_in_without_a_key(access, client, host, forwarded):
    assert access.by_place(client, host, forwarded=forwarded) is None


def test_where_a_key_is_required_nobody_is_let_in_by_place(database, verifier):
    closed = Access(database, verifier, SECRET, open_=False)
    assert closed.by_place("127.0.0.1", "localhost", forwarded=False) is None


def test_a_key_opens_and_is_remembered_for_a_moment(access, make_key):
    key = make_key("analyst")
    found = access.by_key(key.secret_text)
    assert (found.name, found.role, found.key) == ("小林", Role.ANALYST, key.public_id)
    assert found.actor == "person:小林"
    assert access.recent(key.secret_text) is found
    assert access.recent("fz_other") is None


@pytest.mark.parametrize("text", ["", "abc", "fz_abcdefgh_" + "x" * 43])
def test_a_key_that_is_not_known_opens_nothing(access, text):
    with pytest.raises(UnauthorisedError, match="not known"):
        access.by_key(text)


def test_a_revoked_key_opens_nothing_nor_does_its_session(access, make_key, database):
    key = make_key()
    cookie = access.session_of(access.by_key(key.secret_text))
    assert access.by_session(cookie).name == "小林"
    with database.begin() as connection:
        assert revoke_key(connection, key.public_id, "person:local", MONDAY)
        assert not revoke_key(connection, key.public_id, "person:local", MONDAY)
    access.forget(key.public_id)
    assert access.recent(key.secret_text) is None
    assert access.by_session(cookie) is None
    with pytest.raises(UnauthorisedError):
        access.by_key(key.secret_text)


def test_a_forged_session_opens_nothing(access, make_key, database, verifier):
    key = make_key()
    other = Access(database, verifier, b"x" * 32, open_=True)
    forged = other.session_of(Principal("admin", Role.ADMIN, key.public_id))
    assert access.by_session(forged) is None
    assert access.by_session("") is None
    assert access.by_session("a.b.c") is None
    assert access.by_session(access.session_of(Principal("local", Role.ADMIN))) is None


def test_an_old_session_opens_nothing(access, make_key, monkeypatch):
    key = make_key()
    cookie = access.session_of(Principal("小林", Role.AGENT, key.public_id))
    monkeypatch.setattr("service.people.access.SESSION_SECONDS", -1)
    assert access.by_session(cookie) is None


def test_a_role_that_may_not_is_told_so():
    reader = Principal("r", Role.READER)
    reader.demand(next(p for p in Permission if reader.may(p)))
    wanted = next(p for p in Permission if not reader.may(p))
    with pytest.raises(ForbiddenError, match="may not"):
        reader.demand(wanted)


def test_what_is_remembered_does_not_grow_for_ever(access, make_key, monkeypatch):
    monkeypatch.setattr("service.people.access._MOST_KEPT", 0)
    one, two = make_key(), make_key()
    access.by_key(one.secret_text)
    access.by_key(two.secret_text)
    assert access.recent(one.secret_text) is None
