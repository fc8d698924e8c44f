"""Two clinicians hammer one server, and neither sees anything of the other's."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import cycle

import pytest

from lib import Session, create_case
from tests.protocol.client import open_tab

INTERACTIONS = 150
"""Of each."""


@dataclass(frozen=True)
class Belongings:
    """What a clinician holds: a cookie, cases, and words that stand in their cases alone."""

    email: str
    cookie: str
    cases: list[int]
    words: set[str]


def prepare(session: Session, cookie: str, mark: str) -> Belongings:
    """Give a clinician cases with a mark of their own, beside those of the demo."""
    cases = [
        create_case(
            session,
            {
                "patient_name": f"{mark} Patient {number}",
                "patient_age": number,
                "patient_gender": "other",
                "case_summary": f"{mark} notes {number}",
            },
        )
        for number in range(3)
    ]
    words = {text for case in cases for text in (case.patient_name, case.case_summary)}
    return Belongings(session.email, cookie, [case.case_id for case in cases], words | {mark, session.email})


def hammer(url: str, clinician: Belongings) -> bytes:
    """Interact as the clinician, in a new tab now and then, and return all that the server sent."""
    received: list[bytes] = []
    for round_, case_id in zip(range(INTERACTIONS // 25), cycle(clinician.cases), strict=False):
        with open_tab(url, clinician.cookie) as tab:
            tab.visit()
            tab.visit("case", f"case_id={case_id}")
            for number in range(23):
                tab.fill("Case summary", f"typed {round_}.{number} by {clinician.email}")
                tab.run()
                assert tab.shows(clinician.email)
            received += tab.received
    return b"".join(received)


@pytest.fixture
def two_clinicians(ada: Session, ben: Session, ada_cookie: str, ben_cookie: str) -> tuple[Belongings, Belongings]:
    return prepare(ada, ada_cookie, "Adamantine"), prepare(ben, ben_cookie, "Benzoic")


@pytest.mark.timeout(120)
def test_three_hundred_interleaved_interactions_of_two_clinicians_never_cross(
    url: str, two_clinicians: tuple[Belongings, Belongings]
) -> None:
    with ThreadPoolExecutor(2) as hands:
        ada_received, ben_received = hands.map(lambda clinician: hammer(url, clinician), two_clinicians)
    ada, ben = two_clinicians
    for own, others, received in [(ada, ben, ada_received), (ben, ada, ben_received)]:
        assert find(own.words, received) == own.words, "Words cannot be found in these bytes: the test shows nothing."
        assert find(others.words, received) == set()


def find(words: set[str], received: bytes) -> set[str]:
    return {word for word in words if word.encode() in received}
