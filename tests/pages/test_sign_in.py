"""The sign-in page: what it says, and whom it lets in."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from lib import Session, bootstrap
from lib.accounts.attempts import WAITS, Attempts
from lib.errors import SignInRefused
from lib.ui import browser
from tests.clinicians import PASSWORD

OpenApp = Callable[..., AppTest]
ADA, HOME = "ada@demo.example", "192.0.2.1"


def try_to_sign_in(app: AppTest, email: str, password: str) -> AppTest:
    app.text_input(key="email").set_value(email)
    app.text_input(key="password").set_value(password)
    return next(button for button in app.button if button.label == "Sign in").click().run()


def shown_errors(app: AppTest) -> list[str]:
    return [str(error.value) for error in app.error]


def test_who_guesses_is_told_how_long_to_wait_and_no_session_is_touched(
    open_app: OpenApp, ada: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browser, "browser_address", lambda: HOME)
    stranger = open_app()
    moments = itertools.count(step=10.0)
    attempts = Attempts(lambda: next(moments))
    monkeypatch.setattr(bootstrap, "_desk", replace(bootstrap.desk(), attempts=attempts))
    for _ in range(WAITS.index(30)):
        with pytest.raises(SignInRefused), attempts.count_failures(ADA, HOME):
            raise SignInRefused
    assert shown_errors(try_to_sign_in(stranger, ADA, PASSWORD)) == ["Too many attempts. Try again in 20 seconds."]
    assert open_app(ada).title[0].value == "Worklist"


def test_an_address_longer_than_any_is_refused_in_a_sentence(open_app: OpenApp) -> None:
    app = try_to_sign_in(open_app(), "a" * 255, PASSWORD)
    assert shown_errors(app) == ["This is not an email address: those have 254 characters at most."]
    app = try_to_sign_in(open_app(), ADA, "ä" * 37)
    assert shown_errors(app) == [
        "This password is too long: 72 characters at most, where letters such as ä count as two."
    ]


def test_enter_in_the_form_for_a_new_password_sets_it_rather_than_sending_another_code(open_app: OpenApp) -> None:
    app = open_app()
    app.button(key="to-code").click().run()
    assert [button.label for button in app.button][:2] == ["Set new password", "Send code"]
