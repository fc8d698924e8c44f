"""What the pages say when something goes wrong: a sentence for every error, in the reader's words."""

from __future__ import annotations

import logging
import re

import pytest

from lib import errors
from lib.errors import CaseConflict, CaseDeskError, ConfigurationError, InvalidChanges, KeyRefused, TooManyAttempts
from lib.ui.failures import SENTENCES, explain
from tests.unit.test_http_api import all_errors


def test_the_tree_that_is_drawn_is_the_tree_that_there_is() -> None:
    above = {0: "CaseDeskError"}
    drawn = {}
    for branch, name in re.findall(r"^((?:│   |    )*[├└]── )(\w+)", errors.__doc__ or "", re.MULTILINE):
        drawn[name] = above[len(branch) - 4]
        above[len(branch)] = name
    assert drawn == {kind.__name__: kind.__mro__[1].__name__ for kind in all_errors() if kind is not CaseDeskError}


def test_every_error_has_its_sentence() -> None:
    assert set(SENTENCES) == set(all_errors())


def test_no_sentence_speaks_of_parts_that_a_clinician_does_not_know() -> None:
    for sentence in SENTENCES.values():
        assert not re.search("Supabase|backend|token|HTTP|database", sentence or "", re.IGNORECASE)


@pytest.mark.parametrize("kind", [kind for kind, sentence in SENTENCES.items() if "{kept}" in (sentence or "")])
def test_where_text_is_kept_the_sentence_says_so(kind: type[CaseDeskError]) -> None:
    error = kind.__new__(kind)
    assert " What is typed is here. " in explain(error, " What is typed is here.")


def test_an_error_whose_own_words_are_meant_for_the_reader_is_told_in_them() -> None:
    assert explain(TooManyAttempts(180)) == "Too many attempts. Try again in 3 minutes."
    assert explain(InvalidChanges("patient_age", "is too large")) == "Patient age is too large. Nothing was saved."


@pytest.mark.parametrize("error", [KeyRefused(), ConfigurationError("Set X."), LookupError("Canaria")])
def test_what_an_administrator_must_see_is_logged_under_the_reference_that_is_shown(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    shown = explain(error)
    [reference] = re.findall(r"reference (\w{8})", shown)
    assert f"reference {reference}: {type(error).__name__}" in caplog.text
    assert (str(error) in caplog.text) is isinstance(error, ConfigurationError)
    assert str(error) not in shown


def test_an_expected_failure_leaves_the_log_alone(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        explain(CaseConflict.__new__(CaseConflict))
    assert caplog.messages == []
