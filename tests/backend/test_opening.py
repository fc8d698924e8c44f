"""What is shown of a case when it is opened comes in one answer, to its owner alone."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from lib import Case, Session, get_case
from lib.backend.client import connect
from lib.backend.settings import Supabase
from lib.cases.drafts import find_draft, keep_draft
from lib.cases.flags import flag_case
from lib.cases.namesakes import Namesake
from lib.cases.opening import Opening, open_case
from lib.errors import CaseNotFound
from tests.backend.test_policies import refused, rows
from tests.clinicians import Clinician
from tests.proxy import FaultProxy


def test_a_case_comes_with_its_draft_its_flag_and_its_namesakes(newcomer: Clinician) -> None:
    case_id, other_id = newcomer.create_case(patient_name="Ann Doe"), newcomer.create_case(patient_name="ANN DOE")
    case = get_case(newcomer, case_id)
    namesakes = (Namesake(case_id=other_id, patient_age=case.patient_age, patient_gender=case.patient_gender),)
    plain = open_case(newcomer, case_id)
    assert (plain.case, plain.draft, plain.is_flagged, plain.namesakes) == (case, None, False, namesakes)
    draft = keep_draft(newcomer, case_id, case.etag, {"case_summary": "Typed, not saved. 🩺"})
    flag_case(newcomer, case_id)
    opened = open_case(newcomer, case_id)
    assert (opened.case, opened.draft, opened.is_flagged, opened.namesakes) == (case, draft, True, namesakes)
    assert opened.draft == find_draft(newcomer, case_id)


def test_it_is_one_request(connected: Supabase, case: Case, ada: Session) -> None:
    with FaultProxy(connected.url) as project:
        connect(Supabase(project.url, connected.key))
        assert isinstance(open_case(ada, case.case_id), Opening)
        assert len(project.requests()) == 1


def test_another_clinicians_case_is_as_little_there_as_one_that_does_not_exist(
    new_case: Callable[..., Case],
    ada: Session,
    ben: Session,
    owner: httpx.Client,
    stranger: httpx.Client,
    anonymous: httpx.Client,
) -> None:
    case = new_case()
    flag_case(ada, case.case_id)
    question = f"/rpc/open_case?of_case={case.case_id}"
    assert [row["opened"]["case_id"] for row in rows(owner.get(question))] == [case.case_id]
    assert rows(stranger.get(question)) == rows(stranger.get("/rpc/open_case?of_case=999999")) == []
    assert refused(anonymous.get(question))
    with pytest.raises(CaseNotFound):
        open_case(ben, case.case_id)


@pytest.mark.parametrize("number", [0, -1, 2**63])
def test_a_number_that_no_case_can_have_is_not_found(number: int, ada: Session) -> None:
    with pytest.raises(CaseNotFound):
        open_case(ada, number)
