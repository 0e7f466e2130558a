"""Every error this library raises on purpose.

    TriageError
    ├── InputError            something the caller handed in cannot be used
    │   ├── RecordError       one record: empty, blank, too long, not a string
    │   ├── FileFormatError   a file: broken line, missing column, unknown type
    │   └── DataError         training data: unknown label, contradiction
    ├── PolicyError           a policy file: unknown key, value out of range
    ├── ModelError            a model folder: missing, unreadable, tampered
    │   ├── TamperedModelError       a file is not the one its manifest vouches for
    │   └── TokeniserMismatchError   the model was made with another tokeniser
    ├── RegistryError         the registry of models: unreadable, no such model
    └── OutputError           a result could not be written: disk full, denied
        └── ReaderGoneError   whoever read our output (head, less) has gone: no fault

Each carries a `code` (stable, for programs), a `message` (what was wrong, where)
and a `remedy` (what to do).
"""


class TriageError(Exception):
    """Base of the family: `code`, `message`, `remedy`."""

    code = "triage_error"

    def __init__(self, message: str, *, remedy: str = "", code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        if code is not None:
            self.code = code

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()

    def to_dict(self) -> dict[str, str]:
        """Return code, message and remedy as JSON-ready strings."""
        return {"code": self.code, "message": self.message, "remedy": self.remedy}


class InputError(TriageError):
    """Something the caller handed in cannot be used."""

    code = "bad_input"


class RecordError(InputError):
    """One record cannot be judged."""

    code = "bad_record"


class FileFormatError(InputError):
    """A file cannot be read as what it claims to be."""

    code = "bad_file"


class DataError(InputError):
    """Training or evaluation data is unusable."""

    code = "bad_data"


class PolicyError(TriageError):
    """A policy file is unusable."""

    code = "bad_policy"


class ModelError(TriageError):
    """A model folder is missing, unreadable or tampered with."""

    code = "bad_model"


class TamperedModelError(ModelError):
    """A file of a model folder was changed after the model was made."""

    code = "model_tampered"


class TokeniserMismatchError(ModelError):
    """The model was made with another tokeniser, dictionary or setting."""

    code = "tokeniser_mismatch"


class RegistryError(TriageError):
    """The registry of models is unreadable, or holds no such model."""

    code = "bad_registry"


class OutputError(TriageError):
    """A result could not be written."""

    code = "cannot_write"


class ReaderGoneError(OutputError):
    """The reader of standard output has gone."""

    code = "reader_gone"
