"""The key of this installation: it keys the hashes of phone numbers and signs sessions."""

import secrets
from pathlib import Path

from triage import InputError

_BYTES = 32


def read_secret(path: Path) -> bytes:
    """Return the key in a file that only its owner reads; make one where there is none.

    Raises InputError for a file that holds something else. Several processes with one
    database must share the file: with another key no repeated caller is recognised.
    """
    try:
        text = path.read_text("ascii").strip()
    except FileNotFoundError:
        return _make(path)
    except (OSError, UnicodeDecodeError) as error:
        raise _unusable(path) from error
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) < _BYTES:
        raise _unusable(path)
    return key


def _make(path: Path) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True)
    key = secrets.token_bytes(_BYTES)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    draft.touch(mode=0o600)
    draft.write_text(key.hex() + "\n", "ascii")
    try:
        path.hardlink_to(draft)  # whole or not at all; whoever comes second reads the first one's
    except FileExistsError:
        return read_secret(path)
    finally:
        draft.unlink()
    return key


def _unusable(path: Path) -> InputError:
    return InputError(
        f"{path} holds no key.",
        remedy="Restore it from the backup; a new key would not know earlier phone numbers.",
    )
