"""The banner: whose case this is, always in sight above what is typed."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape

import streamlit as st

from lib.cases.models import OPEN_STATUSES, Case
from lib.cases.waiting import is_overdue, tell_waiting
from lib.ui.look import BANNER
from lib.ui.words import capitalize


def draw_banner(case: Case) -> None:
    """Draw who and what a case is, as it was read or saved last."""
    facts = " · ".join(_tell_facts(case, datetime.now(UTC)))
    with st.container(key=f"{BANNER}-of-case-{case.case_id}"):
        st.html(f'<div class="{BANNER}"><h2 dir="auto">{escape(case.patient_name)}</h2><p>{facts}</p></div>')


def _tell_facts(case: Case, now: datetime) -> list[str]:
    facts = [
        f"{case.patient_age} {'year' if case.patient_age == 1 else 'years'}",
        case.patient_gender,
        f"case {case.case_id}",
        capitalize(case.status),
    ]
    if case.status in OPEN_STATUSES:
        overdue = is_overdue(case.status, case.created_at, now)
        waiting = f"waiting {tell_waiting(case.created_at, now)}"
        facts.append(f'<strong class="overdue">{waiting} overdue</strong>' if overdue else waiting)
    return facts
