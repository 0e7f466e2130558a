import re
import threading
import time

import pytest
from argon2 import PasswordHasher, Type, extract_parameters

from service.people.keys import Verifier, default_hasher, new_key, public_id_of, verify

PATIENCE = 5.0


class Counting(PasswordHasher):
    """As cheap as argon2 can be; remembers the hashes that were verified against."""

    def __init__(self):
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.against = []
        self.meanwhile = lambda: None

    def verify(self, hash, password):  # noqa: A002
        self.against.append(hash)
        self.meanwhile()
        return super().verify(hash, password)


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def hasher():
    return Counting()


@pytest.fixture
def key(hasher):
    return new_key(hasher)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def verifier(hasher, clock):
    return Verifier(hasher, clock=clock)


def test_a_key_has_its_form_and_its_public_id(key):
    assert re.fullmatch(r"fz_[a-z0-9]{8}_[A-Za-z0-9]{43}", key.secret_text)
    assert public_id_of(key.secret_text) == key.public_id


def test_no_two_keys_are_alike(hasher):
    keys = [new_key(hasher) for _ in range(20)]
    for name in ("public_id", "secret_text", "hash"):
        assert len({getattr(key, name) for key in keys}) == 20


def test_the_hash_is_argon2id_and_holds_nothing_of_the_key(key):
    assert key.hash.startswith("$argon2id$")
    assert key.secret_text[12:] not in key.hash


def test_a_key_that_is_printed_shows_no_secret(key):
    assert key.secret_text not in repr(key)
    assert key.hash not in repr(key)
    assert key.public_id in repr(key)


def test_the_usual_cost_is_what_owasp_asks_for():
    made = new_key()
    parameters = extract_parameters(made.hash)
    assert parameters.type is Type.ID
    assert (parameters.memory_cost, parameters.time_cost, parameters.parallelism) == (19_456, 2, 1)
    assert verify(made.hash, made.secret_text)
    assert default_hasher().check_needs_rehash(made.hash) is False


def test_only_the_whole_key_fits_its_hash(key, hasher):
    assert verify(key.hash, key.secret_text, hasher=hasher)
    assert not verify(key.hash, key.secret_text[:-1], hasher=hasher)
    assert not verify(key.hash, new_key(hasher).secret_text, hasher=hasher)


@pytest.mark.parametrize("broken", ["", "plain", "$argon2id$v=19$m=8,t=1,p=1$x$y"])
def test_a_hash_that_cannot_be_read_fits_nothing(broken, key, hasher):
    assert not verify(broken, key.secret_text, hasher=hasher)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "fz_",
        "fz_abcdefgh",
        "fz_abcdefgh_" + "a" * 31,
        "fz_abcdefgh_" + "a" * 65,
        "fz_ABCDEFGH_" + "a" * 43,
        "xx_abcdefgh_" + "a" * 43,
        "fz_abcdefgh_" + "a" * 43 + "\n",
        "fz_abcdefgh_" + "钥" * 43,
    ],
)
def test_what_has_not_the_form_of_a_key_is_refused_without_any_work(text, verifier, hasher, key):
    assert public_id_of(text) is None
    assert not verifier.verify(key.hash, text)
    assert hasher.against == []


def test_a_right_key_is_accepted_and_a_wrong_one_is_not(verifier, key, hasher):
    assert verifier.verify(key.hash, key.secret_text)
    assert not verifier.verify(key.hash, new_key(hasher).secret_text)


def test_a_right_key_is_hashed_once_a_minute(verifier, key, hasher, clock):
    for clock.now in (0.0, 1.0, 59.9):
        assert verifier.verify(key.hash, key.secret_text)
    assert len(hasher.against) == 1
    clock.now = 60.0
    assert verifier.verify(key.hash, key.secret_text)
    assert len(hasher.against) == 2


def test_a_wrong_secret_is_hashed_each_time_and_does_not_push_out_the_right_one(
    verifier, key, hasher
):
    wrong = key.secret_text[:-1] + ("a" if key.secret_text[-1] != "a" else "b")
    assert verifier.verify(key.hash, key.secret_text)
    assert not verifier.verify(key.hash, wrong)
    assert not verifier.verify(key.hash, wrong)
    assert len(hasher.against) == 3
    assert verifier.verify(key.hash, key.secret_text)
    assert len(hasher.against) == 3


def test_an_unknown_key_costs_the_same_work_as_a_wrong_one(verifier, key, hasher):
    assert not verifier.verify(None, key.secret_text)
    assert not verifier.verify(None, key.secret_text)
    assert len(hasher.against) == 2
    assert extract_parameters(hasher.against[0]) == extract_parameters(key.hash)


def test_a_remembered_key_is_refused_at_once_when_its_row_is_gone_or_changed(verifier, key, hasher):
    assert verifier.verify(key.hash, key.secret_text)
    assert not verifier.verify(None, key.secret_text)
    assert not verifier.verify(new_key(hasher).hash, key.secret_text)


def test_a_forgotten_key_is_hashed_anew(verifier, key, hasher):
    verifier.verify(key.hash, key.secret_text)
    verifier.forget(key.public_id)
    verifier.verify(key.hash, key.secret_text)
    assert len(hasher.against) == 2
    verifier.forget("nobody00")


def test_a_key_forgotten_while_it_is_verified_is_not_remembered(verifier, key, hasher):
    hasher.meanwhile = lambda: verifier.forget(key.public_id)
    verifier.verify(key.hash, key.secret_text)
    hasher.meanwhile = lambda: None
    verifier.verify(key.hash, key.secret_text)
    assert len(hasher.against) == 2


def test_more_keys_than_the_memory_holds_push_out_the_oldest(hasher):
    verifier = Verifier(hasher, size=2)
    keys = [new_key(hasher) for _ in range(3)]
    for key in keys:
        verifier.verify(key.hash, key.secret_text)
    for key in (keys[2], keys[1]):
        verifier.verify(key.hash, key.secret_text)
    assert len(hasher.against) == 3
    verifier.verify(keys[0].hash, keys[0].secret_text)
    assert len(hasher.against) == 4


def test_the_memory_holds_no_key_in_plain(verifier, key):
    verifier.verify(key.hash, key.secret_text)
    assert key.secret_text[12:] not in repr(vars(verifier))
    assert verifier._mark(key.hash, key.secret_text) != Verifier(verifier._hasher)._mark(
        key.hash, key.secret_text
    )


def in_threads(count, work):
    threads = [threading.Thread(target=work, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)


def test_a_key_that_comes_many_times_at_once_is_hashed_once(hasher, key):
    verifier, results = Verifier(hasher, at_once=1), []
    hasher.meanwhile = lambda: time.sleep(0.05)  # the others come and wait
    in_threads(8, lambda _: results.append(verifier.verify(key.hash, key.secret_text)))
    assert results == [True] * 8
    assert len(hasher.against) == 1


@pytest.mark.parametrize("known", [True, False])
def test_no_more_keys_are_hashed_together_than_allowed(hasher, known):
    verifier, lock = Verifier(hasher, at_once=2), threading.Lock()
    keys = [new_key(hasher) for _ in range(6)]
    inside, most = 0, 0

    def watch():
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        time.sleep(0.02)
        with lock:
            inside -= 1

    hasher.meanwhile = watch

    def use(number):
        key = keys[number]
        assert verifier.verify(key.hash if known else None, key.secret_text) is known

    in_threads(6, use)
    assert len(hasher.against) == 6
    assert most == 2
