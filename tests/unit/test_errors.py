import inspect
import re

import pytest

from triage import InputError, ModelError, RecordError, TokeniserMismatchError, TriageError, errors

FAMILY = [kind for _, kind in inspect.getmembers(errors, inspect.isclass)]


def test_every_error_is_one_of_the_family():
    assert all(issubclass(kind, TriageError) for kind in FAMILY)


def test_the_tree_in_the_docstring_is_the_tree_of_the_code():
    drawn = set(re.findall(r"\b\w+Error\b", errors.__doc__))
    assert drawn == {kind.__name__ for kind in FAMILY}


def test_every_code_is_its_own():
    codes = [kind.code for kind in FAMILY]
    assert len(set(codes)) == len(codes)


def test_an_error_says_what_was_wrong_and_what_to_do():
    error = InputError("Line 3 is empty.", remedy="Remove it.")
    assert str(error) == "Line 3 is empty. Remove it."
    assert error.to_dict() == {
        "code": "bad_input",
        "message": "Line 3 is empty.",
        "remedy": "Remove it.",
    }


def test_an_error_without_a_remedy_ends_with_its_message():
    assert str(InputError("Too bad.")) == "Too bad."


def test_a_code_can_be_more_precise_for_one_error_only():
    assert RecordError("Blank.", code="empty_text").code == "empty_text"
    assert RecordError("Blank.").code == RecordError.code == "bad_record"


def test_a_tokeniser_mismatch_is_caught_as_a_model_error():
    with pytest.raises(ModelError):
        raise TokeniserMismatchError("Another one.")
