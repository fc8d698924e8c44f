"""The cookie: who gets one, what it is worth, and who cannot touch it."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest

from tests.protocol.client import (
    COOKIE,
    SECURE_COOKIE,
    StreamlitClient,
    ask,
    foreign_origins,
    open_tab,
    redeem,
    sign_in,
)

ADA = "ada@demo.example"


@pytest.fixture
def ticket(url: str) -> str:
    with open_tab(url) as tab:
        return tab.sign_in(ADA)


def is_signed_in(url: str, cookie: str, **headers: str) -> bool:
    with open_tab(url, cookie, headers=headers) as tab:
        tab.visit()
        return tab.is_signed_in()


def attributes(set_cookie: str) -> set[str]:
    return {part.strip().lower() for part in set_cookie.split(";")[1:]}


def test_over_http_the_cookie_is_out_of_reach_of_scripts_and_other_sites(url: str, ticket: str) -> None:
    [cookie] = redeem(url, ticket).headers.get_list("set-cookie")
    assert cookie.startswith(f"{COOKIE}=")
    assert attributes(cookie) == {"httponly", "samesite=lax", "path=/"}


def test_over_https_the_cookie_is_secure_and_bound_to_the_host(url: str, ticket: str) -> None:
    answer = redeem(url, ticket, X_Forwarded_Proto="https")
    [cookie] = answer.headers.get_list("set-cookie")
    assert cookie.startswith(f"{SECURE_COOKIE}=")
    assert attributes(cookie) == {"httponly", "samesite=lax", "path=/", "secure"}
    assert answer.headers["strict-transport-security"] == "max-age=31536000"


def test_over_https_the_cookie_of_http_counts_for_nothing(url: str, ada_cookie: str) -> None:
    https = {"X-Forwarded-Proto": "https"}
    assert not is_signed_in(url, ada_cookie, **https)
    assert is_signed_in(url, "", Cookie=f"{SECURE_COOKIE}={ada_cookie}", **https)


def test_the_cookie_is_opaque_and_new_with_each_sign_in(url: str) -> None:
    cookies = {sign_in(url, ADA) for _ in range(3)}
    assert len(cookies) == 3
    assert {len(base64.urlsafe_b64decode(cookie + "==")) for cookie in cookies} == {32}


def test_a_ticket_is_good_for_one_try(url: str, ticket: str) -> None:
    assert redeem(url, ticket).status_code == 204
    replayed = redeem(url, ticket)
    assert replayed.status_code == 403
    assert "set-cookie" not in replayed.headers


@pytest.mark.parametrize("ticket", ["", "x" * 43, "None"])
def test_an_unknown_ticket_brings_no_cookie(url: str, ticket: str) -> None:
    answer = redeem(url, ticket)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


def test_a_refused_ticket_leaves_the_session_that_there_is(url: str, ada_cookie: str) -> None:
    assert redeem(url, "unknown", cookie=ada_cookie).status_code == 403
    assert is_signed_in(url, ada_cookie)


def test_a_planted_cookie_is_never_adopted(url: str, ticket: str) -> None:
    planted = "p" * 43
    assert redeem(url, ticket, cookie=planted).cookies[COOKIE] != planted
    assert not is_signed_in(url, planted)


def test_signing_in_again_replaces_the_cookie_and_ends_the_old_one(
    url: str, short_lived_cookie: str, ticket: str
) -> None:
    cookie = redeem(url, ticket, cookie=short_lived_cookie).cookies[COOKIE]
    assert is_signed_in(url, cookie)
    assert not is_signed_in(url, short_lived_cookie)


@pytest.mark.parametrize("jar", ["{real}; {planted}", "{planted}; {real}", "{planted};{real}; other=1"])
def test_two_cookies_of_our_name_are_nobodys(url: str, ada_cookie: str, jar: str) -> None:
    """One of the two was planted, so nothing may be done in the name of either."""
    for planted in ("planted", "x" * 43, "", "0"):
        both = jar.format(real=f"{COOKIE}={ada_cookie}", planted=f"{COOKIE}={planted}")
        assert not is_signed_in(url, "", Cookie=both)
        assert ask(url, "DELETE", "/session", Cookie=both).status_code == 204
    assert is_signed_in(url, ada_cookie)


def test_a_foreign_page_or_one_that_names_no_origin_cannot_redeem_a_ticket(url: str, ticket: str) -> None:
    for origin in ["", *foreign_origins(url)]:
        refused = redeem(url, ticket, Origin=origin)
        assert refused.status_code == 403, origin
        assert "set-cookie" not in refused.headers
    assert redeem(url, ticket).status_code == 204


@pytest.mark.parametrize(("method", "path"), [("DELETE", "/session"), ("POST", "/session/activity")])
def test_a_foreign_page_or_one_that_names_no_origin_can_neither_end_nor_prolong_a_session(
    url: str, ada_cookie: str, method: str, path: str
) -> None:
    for origin in ["", *foreign_origins(url)]:
        refused = ask(url, method, path, cookie=ada_cookie, Origin=origin)
        assert refused.status_code == 403, origin
        assert "set-cookie" not in refused.headers
    assert is_signed_in(url, ada_cookie)


def test_no_other_method_does_anything_with_a_session(url: str, ada_cookie: str, ticket: str) -> None:
    others = {"/session": {"GET", "PUT", "PATCH", "OPTIONS"}, "/session/activity": {"GET", "PUT", "DELETE"}}
    for method, path in [(method, path) for path, methods in others.items() for method in methods]:
        answer = ask(url, method, path, cookie=ada_cookie, X_Ticket=ticket)
        # Streamlit answers every GET that it does not know with its page.
        assert answer.status_code == (200 if method == "GET" else 405), (method, path)
        assert "set-cookie" not in answer.headers
    assert is_signed_in(url, ada_cookie)
    assert redeem(url, ticket).status_code == 204


@pytest.fixture
def tab(url: str, short_lived_cookie: str) -> Iterator[StreamlitClient]:
    """A tab of Ada's that is open."""
    with open_tab(url, short_lived_cookie) as tab:
        tab.visit()
        assert tab.is_signed_in()
        yield tab


def test_ending_the_session_clears_the_cookie_and_signs_every_tab_out(
    url: str, short_lived_cookie: str, tab: StreamlitClient
) -> None:
    answer = ask(url, "DELETE", "/session", cookie=short_lived_cookie)
    assert answer.status_code == 204
    [cookie] = answer.headers.get_list("set-cookie")
    assert cookie.startswith(f'{COOKIE}="";')
    assert attributes(cookie) >= {"max-age=0", "httponly", "samesite=lax", "path=/"}
    tab.run()
    assert not tab.is_signed_in()
    assert not tab.shows(ADA)
    assert not is_signed_in(url, short_lived_cookie)


def test_the_sign_out_button_ends_the_session_before_the_browser_drops_its_cookie(
    url: str, short_lived_cookie: str, tab: StreamlitClient
) -> None:
    tab.click("Sign out")
    assert not is_signed_in(url, short_lived_cookie)


def test_activity_brings_no_cookie_and_revives_nothing(url: str, short_lived_cookie: str) -> None:
    ask(url, "DELETE", "/session", cookie=short_lived_cookie)
    for cookie in ("", "unknown", short_lived_cookie):
        answer = ask(url, "POST", "/session/activity", cookie=cookie)
        assert answer.status_code == 204
        assert "set-cookie" not in answer.headers
    assert not is_signed_in(url, short_lived_cookie)


def test_the_page_that_brings_the_ticket_brings_no_token_and_no_cookie(url: str) -> None:
    with open_tab(url) as tab:
        cookie = redeem(url, tab.sign_in(ADA)).cookies[COOKIE]
        received = b"".join(tab.received)
    assert b"eyJ" not in received
    assert cookie.encode() not in received


def test_the_ticket_is_drawn_once(url: str) -> None:
    with open_tab(url) as tab:
        tab.sign_in(ADA)
        tab.run()
        with pytest.raises(AssertionError, match="no ticket"):
            tab.ticket()
