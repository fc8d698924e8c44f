"""Whoever names another's Streamlit session in a websocket handshake gets nothing of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from uuid import uuid4

import pytest
from websockets.exceptions import InvalidStatus

from lib import Case, Session, get_case
from lib.server.guard import BROWSER_HEADER
from tests.protocol.client import COOKIE, StreamlitClient, ask, foreign_origins, open_tab, redeem
from tests.server import running_server

ADA = "ada@demo.example"

ATTACKERS = {
    "no cookie": {},
    "another clinician's cookie": {"Cookie": f"{COOKIE}={{ben}}"},
    "an invented cookie": {"Cookie": f"{COOKIE}=invented"},
    "a forged browser header": {BROWSER_HEADER: "{ada}"},
    "a forged browser header in lower case": {BROWSER_HEADER.lower(): "{ada}"},
    "a forged browser header with underscores": {BROWSER_HEADER.replace("-", "_"): "{ada}"},
    "a forged browser header beside a cookie": {BROWSER_HEADER: "{ada}", "Cookie": f"{COOKIE}={{ben}}"},
    "the cookie under another name": {"Cookie": f"__Host-{COOKIE}={{ada}}; x-{COOKIE}={{ada}}"},
}


@pytest.fixture
def secret() -> str:
    """A text that only Ada's cases hold."""
    return f"Canary{uuid4().hex}"


@pytest.fixture
def case(new_case: Callable[..., Case], secret: str) -> Case:
    return new_case(patient_name=f"{secret} Patient", case_summary=f"{secret} summary")


@pytest.fixture
def victim(url: str, ada_cookie: str, case: Case, secret: str) -> Iterator[StreamlitClient]:
    """A tab of Ada's with a case open, a dialog seen, and something typed."""
    with open_tab(url, ada_cookie) as tab:
        tab.visit()
        tab.click("New case")
        tab.click("Cancel")
        tab.visit("case", f"case_id={case.case_id}")
        tab.fill("Case summary", f"{secret} typed")
        tab.run()
        assert tab.shows(secret)
        yield tab


@pytest.fixture(params=ATTACKERS)
def attacker(request: pytest.FixtureRequest, ada_cookie: str, ben_cookie: str) -> Mapping[str, str]:
    """The headers of somebody who knows the name of the victim's session."""
    headers: dict[str, str] = ATTACKERS[request.param]
    return {name: value.format(ada=ada_cookie, ben=ben_cookie) for name, value in headers.items()}


def attack(tab: StreamlitClient, victim: StreamlitClient, case: Case) -> None:
    """Ask for the page, for parts of it and for the victim's case; click what the victim could click."""
    tab.run()
    for fragment_id in victim.fragment_ids:
        tab.request(fragment_id=fragment_id)
    for label in ("Save changes", "Sign out"):
        tab.click_id(victim.find(label, "button").id)
    tab.visit("case", f"case_id={case.case_id}")
    tab.run()


def test_naming_anothers_session_brings_a_fresh_one_with_nothing_in_it(
    url: str, victim: StreamlitClient, attacker: Mapping[str, str], case: Case, secret: str, ada: Session
) -> None:
    assert victim.fragment_ids
    with open_tab(url, resume=victim.session_id, headers=attacker) as tab:
        attack(tab, victim, case)
        assert tab.session_id not in ("", victim.session_id)
        assert not tab.has_received(secret)
        assert not tab.has_received(ADA)
    victim.run()
    assert victim.is_signed_in()
    assert victim.shows(secret)
    assert get_case(ada, case.case_id) == case


def test_naming_a_session_whose_tab_is_closed_brings_nothing_either(
    url: str, ada_cookie: str, attacker: Mapping[str, str], case: Case, secret: str
) -> None:
    with open_tab(url, ada_cookie) as victim:
        victim.visit("case", f"case_id={case.case_id}")
    with open_tab(url, resume=victim.session_id, headers=attacker) as tab:
        attack(tab, victim, case)
        assert tab.session_id not in ("", victim.session_id)
        assert not tab.has_received(secret)
        assert not tab.has_received(ADA)


def turn_the_page(tab: StreamlitClient) -> str:
    """Go to the second page of the worklist, which only the state of the session remembers."""
    tab.visit()
    tab.click("Next")
    assert tab.shows("51–")
    return tab.session_id


def test_the_same_browser_gets_its_session_back(url: str, ada_cookie: str) -> None:
    with open_tab(url, ada_cookie) as tab:
        session_id = turn_the_page(tab)
    with open_tab(url, ada_cookie, resume=session_id) as tab:
        tab.run()
        assert tab.session_id == session_id
        assert tab.shows("51–")


def test_a_session_cannot_be_resumed_with_a_cookie_that_has_ended(url: str, short_lived_cookie: str) -> None:
    with open_tab(url, short_lived_cookie) as tab:
        session_id = turn_the_page(tab)
    ask(url, "DELETE", "/session", cookie=short_lived_cookie)
    with open_tab(url, short_lived_cookie, resume=session_id) as tab:
        tab.run()
        assert not tab.is_signed_in()
        assert not tab.has_received(ADA)


def test_nothing_is_saved_on_a_tab_whose_session_has_ended(
    url: str, short_lived_cookie: str, case: Case, ada: Session
) -> None:
    with open_tab(url, short_lived_cookie) as tab:
        tab.visit("case", f"case_id={case.case_id}")
        tab.fill("Case summary", "typed before the end")
        ask(url, "DELETE", "/session", cookie=short_lived_cookie)
        tab.click("Save changes")
        assert not tab.is_signed_in()
    assert get_case(ada, case.case_id) == case


def test_the_sign_in_of_another_browser_cannot_be_resumed(url: str) -> None:
    """Before its first cookie, a browser has no name; what it typed to get one must not be had by naming its tab."""
    with open_tab(url) as tab:
        ticket = tab.sign_in(ADA)
        with open_tab(url, resume=tab.session_id) as attacker:
            attacker.run()
            assert not attacker.has_received(ADA)
            assert not attacker.has_received(ticket)
    assert redeem(url, ticket).status_code == 204


def test_a_foreign_page_cannot_open_the_websocket(url: str, ada_cookie: str) -> None:
    for origin in foreign_origins(url):
        with pytest.raises(InvalidStatus) as refusal, open_tab(url, ada_cookie, headers={"Origin": origin}):
            pass
        assert refusal.value.response.status_code == 403, origin


def test_the_servers_own_pages_can_open_the_websocket(url: str, ada_cookie: str) -> None:
    with open_tab(url, ada_cookie, headers={"Origin": url}) as tab:
        tab.visit()
        assert tab.is_signed_in()


def test_the_server_does_not_start_where_nothing_binds_a_websocket_to_its_browser() -> None:
    refused = pytest.raises(AssertionError, match=r"server\.trustedUserHeaders is not set")
    with refused, running_server(STREAMLIT_SERVER_TRUSTED_USER_HEADERS="{}"):
        pass
