"""The banner: whose case this is, always in sight above what is typed."""

from __future__ import annotations

from html import escape

import streamlit as st

from lib.cases.models import Case
from lib.ui.look import BANNER
from lib.ui.words import capitalize


def draw_banner(case: Case) -> None:
    """Draw name, age, gender, number and status of a case as it was read or saved last."""
    facts = (
        f"{case.patient_age} {'year' if case.patient_age == 1 else 'years'}",
        case.patient_gender,
        f"case {case.case_id}",
        capitalize(case.status),
    )
    with st.container(key=f"{BANNER}-of-case-{case.case_id}"):
        st.html(
            f'<div class="{BANNER}"><h2 dir="auto">{escape(case.patient_name)}</h2><p>{" · ".join(facts)}</p></div>'
        )
