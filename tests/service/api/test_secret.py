"""The key of the installation."""

import stat

import pytest

from service.secret import read_secret
from triage import InputError


def test_a_key_is_made_once_and_read_ever_after(tmp_path):
    path = tmp_path / "var" / "secret.key"
    first = read_secret(path)
    assert len(first) == 32
    assert read_secret(path) == first


def test_only_its_owner_reads_the_key(tmp_path):
    path = tmp_path / "secret.key"
    read_secret(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_two_installations_have_two_keys(tmp_path):
    assert read_secret(tmp_path / "a") != read_secret(tmp_path / "b")


@pytest.mark.parametrize("content", [b"", b"abc", b"zz" * 32, b"\xff" * 64, b"ab" * 31])
def test_a_file_that_holds_no_key_is_refused_and_left_alone(tmp_path, content):
    path = tmp_path / "secret.key"
    path.write_bytes(content)
    with pytest.raises(InputError, match="holds no key"):
        read_secret(path)
    assert path.read_bytes() == content


def test_a_folder_in_the_place_of_the_key_is_refused(tmp_path):
    with pytest.raises(InputError, match="holds no key"):
        read_secret(tmp_path)
