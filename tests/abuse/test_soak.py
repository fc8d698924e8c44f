"""Everything at once, for less long than `make soak` takes."""

from __future__ import annotations

import pytest

from bench.soak.run import soak
from lib.backend.settings import Supabase


@pytest.mark.timeout(240)
def test_half_a_minute_of_clinicians_attackers_and_failures_loses_nothing_and_locks_nobody_out(
    connected: Supabase,
) -> None:
    outcome = soak(connected, seconds=30, clinicians=8, pause=1.0, growth=0.5)
    assert [row for row in outcome.rows if not row.is_met] == [], outcome.failures
