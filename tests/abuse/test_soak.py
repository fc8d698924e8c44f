"""Everything at once, for less long than `make soak` takes."""

from __future__ import annotations

from collections import Counter

import pytest

from bench.soak.ledger import Ledger
from bench.soak.run import soak, tell_memory
from lib import get_case, update_case
from lib.backend.settings import Supabase
from lib.cases.drafts import keep_draft
from tests.clinicians import Clinician


@pytest.mark.timeout(240)
def test_half_a_minute_of_clinicians_attackers_and_failures_loses_nothing_and_locks_nobody_out(
    connected: Supabase,
) -> None:
    outcome = soak(connected, seconds=30, clinicians=8, pause=1.0, growth=0.5)
    assert [row for row in outcome.rows if not row.is_met] == [], outcome.failures


def test_the_audit_finds_what_is_lost_repeated_or_foreign(newcomer: Clinician) -> None:
    ledger = Ledger(newcomer, "soak1x00000000")
    assert +ledger.audit() == Counter()
    for word in ("once", "twice", "once more", "twice", "of somebody else"):
        update_case(newcomer, ledger.case_id, {"case_summary": word})
    ledger.saves = {"once": True, "twice": False, "once more": True, "never": True, "perhaps": False}
    ledger.drafts = {"kept": True, "perhaps": False}
    found = {"acknowledged": 3, "lost": 1, "repeated": 1, "foreign": 1, "kept": 1, "drafts lost": 1}
    assert +ledger.audit() == Counter(found)
    keep_draft(newcomer, ledger.case_id, get_case(newcomer, ledger.case_id).etag, {"case_summary": "perhaps"})
    assert not ledger.audit()["drafts lost"]


def test_memory_that_grows_is_told() -> None:
    grows = [100.0 + number for number in range(60)]
    assert not tell_memory(grows, 0.10).is_met
    assert tell_memory([200.0] * 20 + [100.0] * 40, 0.10).is_met
