"""Where the files that ship with the library lie: dictionary, default policy, default model."""

from pathlib import Path

_PACKAGED = Path(__file__).parent / "_resources"
_CHECKOUT = Path(__file__).parent.parent


def resource(*parts: str) -> Path:
    """Return the path of a shipped file, in an installed wheel or in a checkout."""
    packaged = _PACKAGED.joinpath(*parts)
    return packaged if packaged.exists() else _CHECKOUT.joinpath(*parts)


def default_model() -> Path:
    """Return the folder of the model in the box."""
    return resource("models", "default")


def default_policy() -> Path:
    """Return the policy file in the box."""
    return resource("data", "policy", "default.toml")


def default_dictionary() -> Path:
    """Return the user dictionary in the box: one `word frequency` a line."""
    return resource("data", "dictionary", "user.txt")
