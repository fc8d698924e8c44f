import io
import logging
from collections.abc import Iterator

import pytest

from lib.logs import configure_logging, locate

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
