import re
import statistics
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from lib.accounts import credentials
from lib.accounts.sign_in import Session, refresh, sign_in, sign_out
from lib.backend.embedded import EmbeddedSupabase
from lib.backend.settings import Supabase
from lib.errors import NotAuthenticated, PasswordRefused, SignInRefused
from tests.clinicians import PASSWORD

TRIES = 30


def mailed_code(embedded: EmbeddedSupabase, email: str) -> str:
    mail = embedded.mail_file.read_text().rpartition(f"To: {email}")[2]
    found = re.search(r"\b\d{6}\b", mail)
    assert found
    return found[0]


def test_a_code_from_the_mail_sets_a_new_password_once(embedded: EmbeddedSupabase, newcomer: Session) -> None:
    credentials.send_code(newcomer.email)
    code = mailed_code(embedded, newcomer.email)
    session = credentials.set_password_by_code(newcomer.email, code, "another horse battery")
    assert session.user_id == newcomer.user_id
    assert sign_in(newcomer.email, "another horse battery").user_id == newcomer.user_id
    with pytest.raises(SignInRefused):
        sign_in(newcomer.email, PASSWORD)
    with pytest.raises(SignInRefused):
        credentials.set_password_by_code(newcomer.email, code, "a third horse battery")


def test_a_wrong_code_sets_nothing(newcomer: Session) -> None:
    credentials.send_code(newcomer.email)
    with pytest.raises(SignInRefused, match="code"):
        credentials.set_password_by_code(newcomer.email, "000000", "another horse battery")
    assert sign_in(newcomer.email, PASSWORD).user_id == newcomer.user_id


def test_a_code_is_sent_to_nobody_without_an_account(embedded: EmbeddedSupabase, connected: Supabase) -> None:
    credentials.send_code("nobody-here@demo.example")
    assert not embedded.mail_file.exists() or "nobody-here" not in embedded.mail_file.read_text()


def test_the_password_changes_for_who_knows_the_current_one(newcomer: Session) -> None:
    with pytest.raises(SignInRefused):
        credentials.change_password(newcomer, "a guess of mine", "another horse battery")
    credentials.change_password(newcomer, PASSWORD, "another horse battery")
    assert sign_in(newcomer.email, "another horse battery").user_id == newcomer.user_id
    assert refresh(newcomer).user_id == newcomer.user_id


def test_a_short_password_is_refused_before_anything_is_asked(newcomer: Session) -> None:
    with pytest.raises(PasswordRefused):
        credentials.sign_up("short@demo.example", "elevenchars")
    with pytest.raises(PasswordRefused):
        credentials.change_password(newcomer, PASSWORD, "elevenchars")


def test_signing_up_again_changes_nothing_and_tells_nothing(newcomer: Session) -> None:
    credentials.sign_up(newcomer.email, "another horse battery")
    assert sign_in(newcomer.email, PASSWORD).user_id == newcomer.user_id


def test_the_embedded_default_lets_people_sign_up(connected: Supabase) -> None:
    assert credentials.allows_sign_up()


def test_signing_out_everywhere_ends_every_session(newcomer: Session) -> None:
    other = sign_in(newcomer.email, PASSWORD)
    sign_out(newcomer, everywhere=True)
    for session in (newcomer, other):
        with pytest.raises(NotAuthenticated):
            refresh(session)


def guess_password(email: str) -> None:
    with pytest.raises(SignInRefused, match=r"^Email or password is not right"):
        sign_in(email, "a guess of mine")


def guess_code(email: str) -> None:
    with pytest.raises(SignInRefused, match=r"^Email or code is not right"):
        credentials.set_password_by_code(email, "000000", PASSWORD)


def sign_up_again(email: str) -> None:
    credentials.sign_up(email, PASSWORD)


@pytest.mark.parametrize("ask", [guess_password, guess_code, credentials.send_code, sign_up_again])
def test_an_answer_takes_as_long_for_an_account_as_for_none(ask: Callable[[str], None], newcomer: Session) -> None:
    addresses = [address for _ in range(TRIES) for address in (newcomer.email, f"{uuid.uuid4().hex}@demo.example")]
    with ThreadPoolExecutor(2) as pool:
        times = list(pool.map(lambda address: seconds(ask, address), addresses))
    assert abs(statistics.median(times[::2]) - statistics.median(times[1::2])) < 0.010


def seconds(ask: Callable[[str], None], email: str) -> float:
    started = time.perf_counter()
    ask(email)
    return time.perf_counter() - started
