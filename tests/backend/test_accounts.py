"""A clinician's account at Supabase Auth: created, a new password by a code or the current one, and what ends."""

import re
import uuid
from collections.abc import Callable

import pytest

from lib.accounts import credentials, fixed_moments
from lib.accounts.sign_in import Session, refresh, sign_in, sign_out
from lib.backend.embedded import EmbeddedSupabase
from lib.backend.settings import Supabase
from lib.errors import AddressRefused, BackendUnavailable, NotAuthenticated, PasswordRefused, SignInRefused
from tests.clinicians import PASSWORD
from tests.proxy import FaultProxy


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers leave early; that they leave at a fixed moment is shown elsewhere."""
    monkeypatch.setattr(fixed_moments, "ANSWER_SECONDS", 0.05)


def wait_for_work() -> None:
    """Wait until all that goes on behind answers is done."""
    for _ in range(fixed_moments.AT_A_TIME):
        assert fixed_moments._places.acquire(timeout=10)
    fixed_moments._places.release(fixed_moments.AT_A_TIME)


def mailed_code(embedded: EmbeddedSupabase, email: str) -> str:
    wait_for_work()
    mail = embedded.mail_file.read_text().rpartition(f"To: {email}")[2]
    found = re.search(r"\b\d{8}\b", mail)
    assert found
    return found[0]


def test_a_code_from_the_mail_sets_a_new_password_once(embedded: EmbeddedSupabase, newcomer: Session) -> None:
    credentials.send_code(newcomer.email)
    code = mailed_code(embedded, newcomer.email)
    proof = credentials.prove_by_code(newcomer.email, code)
    credentials.set_password(proof, "another horse battery")
    assert proof.user_id == newcomer.user_id
    assert sign_in(newcomer.email, "another horse battery").user_id == newcomer.user_id
    with pytest.raises(SignInRefused):
        sign_in(newcomer.email, PASSWORD)
    with pytest.raises(SignInRefused):
        credentials.prove_by_code(newcomer.email, code)


def test_a_wrong_code_sets_nothing(newcomer: Session) -> None:
    credentials.send_code(newcomer.email)
    wait_for_work()
    with pytest.raises(SignInRefused, match="code"):
        credentials.prove_by_code(newcomer.email, "000000")
    assert sign_in(newcomer.email, PASSWORD).user_id == newcomer.user_id


def test_a_code_is_sent_to_nobody_without_an_account(embedded: EmbeddedSupabase, newcomer: Session) -> None:
    for email in ("nobody-here@demo.example", newcomer.email):
        credentials.send_code(email)
    assert mailed_code(embedded, newcomer.email)
    assert "nobody-here" not in embedded.mail_file.read_text()


def test_blanks_around_an_address_are_no_part_of_it(newcomer: Session) -> None:
    assert sign_in(f" {newcomer.email}  ", PASSWORD).user_id == newcomer.user_id


def test_the_password_changes_for_who_knows_the_current_one(newcomer: Session) -> None:
    with pytest.raises(SignInRefused):
        credentials.change_password(newcomer, "a guess of mine", "another horse battery")
    credentials.change_password(newcomer, PASSWORD, "another horse battery")
    assert sign_in(newcomer.email, "another horse battery").user_id == newcomer.user_id


def test_after_a_new_password_the_session_that_proved_the_old_one_is_the_only_one(newcomer: Session) -> None:
    elsewhere = sign_in(newcomer.email, PASSWORD)
    remaining = credentials.change_password(newcomer, PASSWORD, "another horse battery")
    for ended in (newcomer, elsewhere):
        with pytest.raises(NotAuthenticated):
            refresh(ended)
    assert refresh(remaining).user_id == newcomer.user_id


def test_where_the_new_password_cannot_be_set_the_session_that_proved_the_old_one_ends_alone(
    newcomer: Session, proxy: FaultProxy
) -> None:
    proxy.answer(503, path="/auth/v1/user")
    with pytest.raises(BackendUnavailable):
        credentials.change_password(newcomer, PASSWORD, "another horse battery")
    assert [asked.path for asked in proxy.requests("/logout")] == ["/auth/v1/logout?scope=local"]
    assert refresh(newcomer).user_id == newcomer.user_id


@pytest.mark.parametrize("new", ["elevenchars", "ä" * 37, PASSWORD])
def test_a_password_that_cannot_be_set_ends_no_session(new: str, newcomer: Session) -> None:
    with pytest.raises(PasswordRefused):
        credentials.change_password(newcomer, PASSWORD, new)
    assert refresh(newcomer).user_id == newcomer.user_id


@pytest.mark.parametrize("password", ["elevenchars", "x" * 73, "ä" * 37, "x" * 1_000_000])
def test_a_password_that_is_too_short_or_too_long_is_refused_before_anything_is_asked(
    password: str, newcomer: Session, proxy: FaultProxy
) -> None:
    asks: list[Callable[[], object]] = [
        lambda: credentials.sign_up("new@demo.example", password),
        lambda: credentials.change_password(newcomer, PASSWORD, password),
        lambda: credentials.set_password(newcomer, password),
    ]
    for ask in asks:
        with pytest.raises(PasswordRefused):
            ask()
    assert proxy.requests() == []


def test_an_address_or_a_password_longer_than_any_is_refused_before_anything_is_asked(proxy: FaultProxy) -> None:
    long = "a" * 243 + "@demo.example"
    asks: list[Callable[[str], object]] = [
        lambda email: sign_in(email, PASSWORD),
        lambda email: credentials.sign_up(email, PASSWORD),
        lambda email: credentials.prove_by_code(email, "000000"),
        credentials.send_code,
    ]
    for ask in asks:
        with pytest.raises(AddressRefused):
            ask(long)
    with pytest.raises(PasswordRefused):
        sign_in("ada@demo.example", "x" * 73)
    assert proxy.requests() == []


def test_72_bytes_and_254_characters_are_not_too_long(connected: Supabase) -> None:
    email, password = uuid.uuid4().hex + "a" * 209 + "@demo.example", "ä" * 36
    credentials.sign_up(email, password)
    wait_for_work()
    assert sign_in(email, password).email == email


def test_a_supabase_that_is_away_is_told_and_one_that_fails_for_one_account_is_not(
    newcomer: Session, proxy: FaultProxy, caplog: pytest.LogCaptureFixture
) -> None:
    proxy.answer(500, path="/recover")
    credentials.send_code(newcomer.email)
    wait_for_work()
    assert "failed unseen by its sender: BackendUnavailable" in caplog.text
    proxy.refuse()
    with pytest.raises(BackendUnavailable):
        credentials.send_code(newcomer.email)


def test_signing_up_again_changes_nothing_and_tells_nothing(newcomer: Session) -> None:
    credentials.sign_up(newcomer.email, "another horse battery")
    wait_for_work()
    assert sign_in(newcomer.email, PASSWORD).user_id == newcomer.user_id


def test_the_embedded_default_lets_people_sign_up(connected: Supabase) -> None:
    assert credentials.allows_sign_up()


def test_signing_out_everywhere_ends_every_session(newcomer: Session) -> None:
    other = sign_in(newcomer.email, PASSWORD)
    sign_out(newcomer, which="global")
    for session in (newcomer, other):
        with pytest.raises(NotAuthenticated):
            refresh(session)
