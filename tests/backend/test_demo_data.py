"""The demo data: enough of everything to show and to try, and one case that attacks whoever shows it."""

from __future__ import annotations

import unicodedata
from collections import Counter
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from lib import Case
from lib.cases.models import GENDERS, CaseStatus

DEMO_CASES = 160
"""The demo cases were created first, so they have the first numbers."""


@pytest.fixture
def adas(owner: httpx.Client) -> list[Case]:
    return read_demo_cases(owner)


@pytest.fixture
def bens(stranger: httpx.Client) -> list[Case]:
    return read_demo_cases(stranger)


def read_demo_cases(actor: httpx.Client) -> list[Case]:
    answer = actor.get(f"/cases?case_id=lte.{DEMO_CASES}&order=created_at,case_id").raise_for_status()
    return [Case(**row) for row in answer.json()]


def test_ada_has_120_cases_and_ben_40(adas: list[Case], bens: list[Case]) -> None:
    assert (len(adas), len(bens)) == (120, 40)


def test_each_has_cases_of_every_status_and_gender(adas: list[Case], bens: list[Case]) -> None:
    for cases in (adas, bens):
        assert {case.status for case in cases} == set(CaseStatus)
        assert {case.patient_gender for case in cases} == set(GENDERS)


def test_ages_reach_from_0_to_104(adas: list[Case]) -> None:
    ages = {case.patient_age for case in adas}
    assert (min(ages), max(ages)) == (0, 104)


def test_open_cases_wait_from_minutes_to_weeks(adas: list[Case]) -> None:
    waiting = [datetime.now(UTC) - case.created_at for case in adas]
    assert min(waiting) < timedelta(hours=1)
    assert max(waiting) > timedelta(weeks=4)
    assert all(case.created_at <= case.updated_at for case in adas)


def test_summaries_reach_from_empty_to_several_paragraphs(adas: list[Case]) -> None:
    paragraphs = {len(case.case_summary.split("\n\n")) for case in adas if case.case_summary}
    assert "" in {case.case_summary for case in adas}
    assert {1, 3, 5} <= paragraphs


def test_names_come_from_many_scripts(adas: list[Case], bens: list[Case]) -> None:
    letters = {letter for case in adas + bens for letter in case.patient_name if letter.isalpha()}
    scripts = {unicodedata.name(letter).split()[0] for letter in letters}
    assert {"LATIN", "CYRILLIC", "GREEK", "ARABIC", "HEBREW", "DEVANAGARI", "HANGUL", "CJK"} <= scripts


def test_two_patients_share_a_name(adas: list[Case]) -> None:
    [(name, times)] = [
        (name, times) for name, times in Counter(case.patient_name for case in adas).items() if times > 1
    ]
    assert times == 2
    assert len({case.patient_age for case in adas if case.patient_name == name}) == 2


def test_one_open_case_is_full_of_markdown_html_and_a_formula(adas: list[Case]) -> None:
    [hostile] = [case for case in adas if "<script" in case.case_summary]
    for weapon in ("**", "![", "](javascript:", ":red[", "$\\alpha$", "onerror=", "\n=HYPERLINK(", "</div>", "\n# "):
        assert weapon in hostile.case_summary
    assert "<b>" in hostile.patient_name
    assert hostile.status is CaseStatus.PENDING


def test_the_history_of_each_case_leads_from_its_creation_to_how_it_stands(
    owner: httpx.Client, adas: list[Case]
) -> None:
    answer = owner.get(f"/case_events?case_id=lte.{DEMO_CASES}&order=changed_at,event_id").raise_for_status()
    replayed: dict[int, dict[str, object]] = {}
    for event in answer.json():
        fields = replayed.setdefault(event["case_id"], {"created_at": datetime.fromisoformat(event["changed_at"])})
        assert event["kind"] == ("update" if len(fields) > 1 else "creation")
        fields |= {name: change["to"] for name, change in event["changes"].items()}
    assert replayed == {case.case_id: case.model_dump(include=set(replayed[case.case_id])) for case in adas}
    assert answer.json() == sorted(answer.json(), key=lambda event: event["event_id"])
