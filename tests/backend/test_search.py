"""Search: whatever is typed is just text, and finds what a plain comparison in Python finds."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from lib import CaseStatus, WorklistQuery, list_cases, update_case
from lib.backend.settings import Supabase
from lib.cases.worklist import count_found
from tests.clinicians import Clinician, connect_to, new_clinician
from tests.proxy import FaultProxy

EVERYTHING = tuple(CaseStatus)
CASES = [
    ("Testa Mäkinen", "Husten, Fieber 38,5 % – Straße 12"),
    ("يُوسُف الحلواني", "سعال منذ ثلاثة أيام"),
    ("Σωκράτης Ὀδυσσεύς", "ΠΟΝΟΣ ΣΤΟ ΣΤΗΘΟΣ"),
    ("Ёлка Жукова", "Кашель\nи насморк"),
    ("田中 太郎", "咳が三日間続く ＡＢＣ１２３"),
    ("Łukasz Ørsted İnan", "ﬁrst line\twith a tab, naïve café"),
    ('Robert"); drop table cases;--', "or=(patient_name.like.*) %_,)('\"*\\ \\% null {} []"),
    ("a_b%c", "100% sure, under_score, back\\slash, comma,comma"),
    ("कमला देवी", "zero\u200bwidth soft\u00adhyphen"),
]
TOKENS = [
    *"aäÄAéßſİıΣςσЖжЁеñøŁł中田عَُ％%_,)('\"*\\ \t\n\u200b\u00ad\0.:;=-{}[]1234",
    *(
        "or=(",
        "like.*",
        "null",
        "drop",
        "--",
        "\\%",
        "STRASSE",
        "strasse",
        "κρατη",
        "ODYSS",
        "ПОНОС",
        "ﬁ",
        "fi",
        "ＡＢ",
    ),
]
TEXTS = st.lists(st.sampled_from(TOKENS), max_size=4).map("".join) | st.builds(
    lambda case, start, length: " ".join(case)[start : start + length],
    st.sampled_from(CASES),
    st.integers(0, 60),
    st.integers(1, 12),
)


def fold(text: str) -> str:
    """Return text without case, accents, and what does not show: the rule, in plain Python."""
    shown = (
        each
        for each in unicodedata.normalize("NFKD", text)
        if unicodedata.category(each) != "Cf" and not (unicodedata.combining(each) and each not in "\u093c\u094d\u3099")
    )
    lower = "".join(shown).lower().translate(str.maketrans("ςıłø", "σilo"))
    return lower.replace("ß", "ss").replace("æ", "ae").replace("œ", "oe")


@pytest.fixture(scope="module")
def searcher(supabase_project: Supabase) -> Iterator[tuple[Clinician, dict[int, str]]]:
    """A clinician with cases of every status, and what can be found of each."""
    connect_to(supabase_project)
    with new_clinician() as clinician:
        texts = {}
        for place, (name, summary) in enumerate(CASES):
            status = EVERYTHING[place % len(EVERYTHING)]
            case_id = clinician.create_case(patient_name=name, case_summary=summary, status=status)
            texts[case_id] = "\n".join([fold(name), str(case_id), fold(summary)])
        yield clinician, texts


def find(clinician: Clinician, text: str) -> set[int]:
    """Return the numbers of the cases that a search finds."""
    query = WorklistQuery(statuses=EVERYTHING, text=text, order="case_id", limit=100)
    return {case.case_id for case in list_cases(clinician, query).cases}


@settings(max_examples=1_000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=TEXTS)
@example(text="%")
@example(text="\\")
@example(text="or=(patient_name.like.*)")
@example(text="\0")
def test_a_thousand_texts_find_what_a_plain_comparison_finds(
    text: str, connected: Supabase, searcher: tuple[Clinician, dict[int, str]]
) -> None:
    clinician, texts = searcher
    words = [fold(word) for word in text.replace("\0", "").split()]
    expected = {case_id for case_id, stored in texts.items() if all(word in stored for word in words)}
    assert find(clinician, text) == expected


def test_a_search_follows_a_change_and_ends_with_it(
    connected: Supabase, searcher: tuple[Clinician, dict[int, str]]
) -> None:
    clinician, _ = searcher
    case_id = clinician.create_case(patient_name="Before", case_summary="early")
    update_case(clinician, case_id, {"patient_name": "Âfter", "case_summary": "late"})
    assert find(clinician, "AFTER late") == {case_id}
    assert find(clinician, "before") == find(clinician, "early") == set()
    update_case(clinician, case_id, {"patient_name": "…", "case_summary": ""})


def test_a_number_finds_its_case_on_any_page(connected: Supabase, searcher: tuple[Clinician, dict[int, str]]) -> None:
    clinician, texts = searcher
    for case_id in texts:
        assert case_id in find(clinician, str(case_id))


def test_what_is_found_is_counted_over_all_pages(
    connected: Supabase, searcher: tuple[Clinician, dict[int, str]]
) -> None:
    clinician, texts = searcher
    query = WorklistQuery(statuses=EVERYTHING, text="a", limit=1)
    assert count_found(clinician, query) == len([text for text in texts.values() if "a" in text]) > 1
    assert len(list_cases(clinician, query).cases) == 1
    assert count_found(clinician, query.model_copy(update={"statuses": (CaseStatus.ANALYZING,)})) == 1


def test_nobody_finds_anothers_case(searcher: tuple[Clinician, dict[int, str]], ada: Clinician, ben: Clinician) -> None:
    for stranger in (ada, ben):
        assert find(stranger, "drop table cases;--") == set()


def test_what_is_searched_for_is_in_no_address_and_in_no_description(ada: Clinician, proxy: FaultProxy) -> None:
    query = WorklistQuery(text="Quillfeather")
    list_cases(ada, query)
    count_found(ada, query)
    assert [asked.path.partition("?")[0] for asked in proxy.asked] == [
        "/rest/v1/rpc/list_worklist",
        "/rest/v1/rpc/count_worklist",
    ]
    assert "Quillfeather" not in f"{proxy.asked}{query!r}"
