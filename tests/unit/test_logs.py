"""The log: one line an event, types and places of exceptions, never their messages."""

import io
import logging
import re
from collections.abc import Iterator

import pytest

from lib.logs import Action, configure_logging, locate, logged_action, pseudonym

CANARY = "Canary Patientson"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What any logger of the process writes, once Case Desk has configured logging."""
    factory = logging.getLogRecordFactory()
    configure_logging()
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    logging.getLogger("another.library").addHandler(handler)
    yield stream
    logging.getLogger("another.library").removeHandler(handler)
    logging.setLogRecordFactory(factory)


def fail() -> None:
    try:
        raise KeyError(CANARY)
    except KeyError as error:
        raise ValueError(f"cannot read {CANARY}") from error


def test_a_logged_exception_leaves_its_type_and_place_but_no_message(written: io.StringIO) -> None:
    try:
        fail()
    except ValueError:
        logging.getLogger("another.library").exception("It failed at 100%")
    line = written.getvalue()
    assert "It failed at 100% [ValueError at test_logs.py" in line
    assert "caused by KeyError" in line
    assert CANARY not in line


def test_an_exception_among_the_arguments_leaves_no_message(written: io.StringIO) -> None:
    logging.getLogger("another.library").error("It failed: %s", ValueError(CANARY))
    assert "It failed: ValueError" in written.getvalue()
    assert CANARY not in written.getvalue()


def test_a_location_names_lines_of_code_alone() -> None:
    with pytest.raises(ValueError, match=CANARY) as failure:
        fail()
    assert " fail" in locate(failure.value)
    assert CANARY not in locate(failure.value)


def test_an_action_leaves_one_line_with_who_what_where_and_how_it_ended(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "case_desk"), logged_action(Action("save", "some-user", 13, "10.0.0.1")):
        pass
    (line,) = caplog.messages
    assert re.fullmatch(r"[0-9a-f]{12} save user=some-user case=13 from=10\.0\.0\.1 outcome=ok \d+ ms", line)


def test_who_signed_in_is_known_in_the_end(caplog: pytest.LogCaptureFixture) -> None:
    with (
        caplog.at_level(logging.INFO, "case_desk"),
        logged_action(Action("sign-in", pseudonym("a@b.example"))) as action,
    ):
        action.user = "some-user"
    assert "user=some-user" in caplog.text


def test_an_action_that_fails_is_logged_by_the_type_of_its_error_and_fails_on(caplog: pytest.LogCaptureFixture) -> None:
    with (
        caplog.at_level(logging.INFO, "case_desk"),
        pytest.raises(ValueError, match=CANARY),
        logged_action(Action("save")),
    ):
        fail()
    assert "outcome=ValueError from KeyError " in caplog.text
    assert CANARY not in caplog.text


def test_no_address_starts_a_line_of_its_own(caplog: pytest.LogCaptureFixture) -> None:
    with (
        caplog.at_level(logging.INFO, "case_desk"),
        logged_action(Action("sign-in", address="1.1.1.1\nfake user=x " * 9)),
    ):
        pass
    (line,) = caplog.messages
    assert "from=1.1.1.1-fake-user-x-" in line
    assert len(line) < 140


def test_a_pseudonym_is_the_same_for_the_same_address_and_tells_nothing() -> None:
    assert pseudonym(" Ada@Demo.example") == pseudonym("ada@demo.example") != pseudonym("ben@demo.example")
    assert "ada" not in pseudonym("ada@demo.example")
    assert pseudonym("\ud800")
