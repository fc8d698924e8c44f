"""The banner: whose case this is, always in sight above what is typed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from html import escape

import streamlit as st

from lib.cases.models import OPEN_STATUSES, Case
from lib.cases.namesakes import Namesake
from lib.cases.waiting import is_overdue, tell_waiting
from lib.ui.look import BANNER
from lib.ui.moments import local_zone, tell_time
from lib.ui.privacy import shown_name
from lib.ui.words import capitalize


def draw_banner(
    case: Case,
    namesakes: Sequence[Namesake],
    draw_buttons: Callable[[], None],
    *,
    filled: Sequence[str],
    is_flagged: bool,
    older_list: datetime | None,
) -> None:
    """Draw who and what a case is, as it was read or saved last, who else has the same name, and buttons beside it.

    `filled` are the fields of the form that hold something: no key is pressed before each can be seen to. `older_list`:
    when the list was read, where it shows an older version of the case.
    """
    facts = " · ".join([*(["⚑ flagged"] if is_flagged else []), *_tell_facts(case, datetime.now(UTC))])
    shown = escape(shown_name(case.patient_name))
    name = f'<h2 dir="auto" title="{shown}">{shown}</h2>'
    with st.container(key=f"{BANNER}-of-case-{case.case_id}", horizontal=True, vertical_alignment="top"):
        lines = _namesakes_html(namesakes) + _older_list_html(older_list)
        st.html(f'<div class="{BANNER}" data-filled="{" ".join(filled)}">{name}<p>{facts}</p>{lines}</div>')
        draw_buttons()


def _namesakes_html(namesakes: Sequence[Namesake]) -> str:
    """Return a line that points out other open cases whose patients have the same name."""
    told = ", ".join(
        f"case {each.case_id} ({_tell_age(each.patient_age)}, {each.patient_gender})" for each in namesakes
    )
    return f'<p class="overdue"><strong>Same name:</strong> {told}</p>' if told else ""


def _older_list_html(read_at: datetime | None) -> str:
    """Return a line that says that the row of the case in the list is out of date."""
    if read_at is None:
        return ""
    return f"<p>Changed elsewhere since the list was read ({tell_time(read_at, datetime.now(local_zone()))}).</p>"


def _tell_age(years: int) -> str:
    return "1 year" if years == 1 else f"{years} years"


def _tell_facts(case: Case, now: datetime) -> list[str]:
    facts = [
        _tell_age(case.patient_age),
        case.patient_gender,
        f"case {case.case_id}",
        capitalize(case.status),
    ]
    if case.status in OPEN_STATUSES:
        overdue = is_overdue(case.status, case.created_at, now)
        waiting = f"waiting {tell_waiting(case.created_at, now)}"
        facts.append(f'<strong class="overdue">{waiting}, overdue</strong>' if overdue else f"<span>{waiting}</span>")
    return facts
