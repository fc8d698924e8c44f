import re
import statistics
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from lib import accounts, auth
from lib.auth import Session
from lib.embedded import EmbeddedSupabase
from lib.errors import NotAuthenticated, PasswordRefused, SignInRefused
from lib.settings import Supabase

PASSWORD = "correct horse battery"
TRIES = 30


@pytest.fixture
def newcomer(connected: Supabase) -> Session:
    """A clinician whom no other test knows."""
    email = f"{uuid.uuid4().hex}@demo.example"
    accounts.sign_up(email, PASSWORD)
    return auth.sign_in(email, PASSWORD)


def mailed_code(embedded: EmbeddedSupabase, email: str) -> str:
    mail = embedded.mail_file.read_text().rpartition(f"To: {email}")[2]
    return re.findall(r"\b\d{6}\b", mail)[0]


def test_a_code_from_the_mail_sets_a_new_password_once(embedded: EmbeddedSupabase, newcomer: Session) -> None:
    accounts.send_code(newcomer.email)
    code = mailed_code(embedded, newcomer.email)
    session = accounts.set_password_by_code(newcomer.email, code, "another horse battery")
    assert session.user_id == newcomer.user_id
    assert auth.sign_in(newcomer.email, "another horse battery").user_id == newcomer.user_id
    with pytest.raises(SignInRefused):
        auth.sign_in(newcomer.email, PASSWORD)
    with pytest.raises(SignInRefused):
        accounts.set_password_by_code(newcomer.email, code, "a third horse battery")


def test_a_wrong_code_sets_nothing(newcomer: Session) -> None:
    accounts.send_code(newcomer.email)
    with pytest.raises(SignInRefused, match="code"):
        accounts.set_password_by_code(newcomer.email, "000000", "another horse battery")
    assert auth.sign_in(newcomer.email, PASSWORD).user_id == newcomer.user_id


def test_a_code_is_sent_to_nobody_without_an_account(embedded: EmbeddedSupabase, connected: Supabase) -> None:
    accounts.send_code("nobody-here@demo.example")
    assert not embedded.mail_file.exists() or "nobody-here" not in embedded.mail_file.read_text()


def test_the_password_changes_for_who_knows_the_present_one(newcomer: Session) -> None:
    with pytest.raises(SignInRefused):
        accounts.change_password(newcomer, "a guess of mine", "another horse battery")
    accounts.change_password(newcomer, PASSWORD, "another horse battery")
    assert auth.sign_in(newcomer.email, "another horse battery").user_id == newcomer.user_id
    assert auth.refresh(newcomer).user_id == newcomer.user_id


def test_a_short_password_is_refused_before_anything_is_asked(newcomer: Session) -> None:
    with pytest.raises(PasswordRefused):
        accounts.sign_up("short@demo.example", "elevenchars")
    with pytest.raises(PasswordRefused):
        accounts.change_password(newcomer, PASSWORD, "elevenchars")


def test_signing_up_again_changes_nothing_and_tells_nothing(newcomer: Session) -> None:
    accounts.sign_up(newcomer.email, "another horse battery")
    assert auth.sign_in(newcomer.email, PASSWORD).user_id == newcomer.user_id


def test_the_embedded_default_lets_people_sign_up(connected: Supabase) -> None:
    assert accounts.allows_sign_up()


def test_signing_out_everywhere_ends_every_session(newcomer: Session) -> None:
    other = auth.sign_in(newcomer.email, PASSWORD)
    auth.sign_out(newcomer, everywhere=True)
    for session in (newcomer, other):
        with pytest.raises(NotAuthenticated):
            auth.refresh(session)


def guess_password(email: str) -> None:
    with pytest.raises(SignInRefused, match=r"^Email or password is not right"):
        auth.sign_in(email, "a guess of mine")


def guess_code(email: str) -> None:
    with pytest.raises(SignInRefused, match=r"^Email or code is not right"):
        accounts.set_password_by_code(email, "000000", PASSWORD)


def sign_up_again(email: str) -> None:
    accounts.sign_up(email, PASSWORD)


@pytest.mark.parametrize("ask", [guess_password, guess_code, accounts.send_code, sign_up_again])
def test_an_answer_takes_as_long_for_an_account_as_for_none(ask: Callable[[str], None], newcomer: Session) -> None:
    addresses = [address for _ in range(TRIES) for address in (newcomer.email, f"{uuid.uuid4().hex}@demo.example")]
    with ThreadPoolExecutor(2) as pool:
        times = list(pool.map(lambda address: seconds(ask, address), addresses))
    assert abs(statistics.median(times[::2]) - statistics.median(times[1::2])) < 0.010


def seconds(ask: Callable[[str], None], email: str) -> float:
    started = time.perf_counter()
    ask(email)
    return time.perf_counter() - started
