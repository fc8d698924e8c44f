"""Browser sessions on real tokens: refreshed once, ended at Supabase too, and kept while it is away."""

from __future__ import annotations

import base64
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from lib import Session, list_cases
from lib.accounts.bearer_tokens import TokenVerifier
from lib.accounts.browser_sessions import PAUSE_SECONDS, SessionStore
from lib.accounts.sign_in import refresh, sign_in, sign_out
from lib.backend.client import connect
from lib.backend.embedded import EmbeddedSupabase
from lib.backend.settings import Supabase
from lib.cases.worklist import WorklistQuery
from lib.errors import BackendUnavailable, NotAuthenticated
from tests.clinicians import PASSWORD, Clinician
from tests.clock import Clock
from tests.proxy import FaultProxy

REFRESH = "grant_type=refresh_token"
SECRET = b"the secret of this server"


@pytest.fixture
def ada(newcomer: Clinician) -> Clinician:
    """A clinician whose sessions no other test needs."""
    return newcomer


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[SessionStore]:
    opened = SessionStore(tmp_path / "sessions.db", SECRET, clock=clock)
    yield opened
    opened.close()


@pytest.fixture
def proxy(connected: Supabase, ada: Session) -> Iterator[FaultProxy]:
    """The only way to Supabase from here on; what it sees comes after Ada's sign-in."""
    with FaultProxy(connected.url) as way:
        connect(Supabase(way.url, connected.key))
        yield way
        connect(connected)


def due(session: Session, *, in_seconds: float) -> Session:
    """The same session, whose access token is taken to end then; a minute before, it is to be refreshed."""
    return replace(session, expires_at=int(time.time() + in_seconds))


def expired(session: Session, embedded: EmbeddedSupabase) -> Session:
    """The same session an hour and more after its sign-in."""
    ended_at = int(time.time()) - 60
    header, payload, _ = session.access_token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "==")) | {"exp": ended_at}
    signed = f"{header}.{_base64(json.dumps(claims).encode())}"
    secret = json.loads((embedded.directory / "keys.json").read_text())["jwt_secret"]
    signature = hmac.digest(secret.encode(), signed.encode(), "sha256")
    return replace(session, access_token=f"{signed}.{_base64(signature)}", expires_at=ended_at)


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def can_refresh(session: Session) -> bool:
    try:
        refresh(session)
    except NotAuthenticated:
        return False
    return True


def sign_in_again(session: Session) -> Session:
    return sign_in(session.email, PASSWORD)


@pytest.fixture
def is_open(store: SessionStore) -> Callable[[str], bool]:
    return lambda cookie: store.seconds_left(cookie) > 0


def test_a_token_that_is_good_costs_no_request(store: SessionStore, ada: Session, proxy: FaultProxy) -> None:
    cookie = store.start(due(ada, in_seconds=65))
    assert store.read(cookie).access_token == ada.access_token
    assert not proxy.requests()


@pytest.mark.parametrize("in_seconds", [59, -1])
def test_a_token_is_refreshed_a_minute_before_its_end_and_after_it(
    store: SessionStore, ada: Session, proxy: FaultProxy, in_seconds: float
) -> None:
    cookie = store.start(due(ada, in_seconds=in_seconds))
    fresh = store.read(cookie)
    assert fresh.user_id == ada.user_id
    assert not fresh.expires_within(600)
    assert list_cases(fresh, WorklistQuery()).cases == ()
    assert store.read(cookie) == fresh
    assert len(proxy.requests(REFRESH)) == 1


def test_twenty_readers_of_one_expired_session_refresh_it_once(
    store: SessionStore, ada: Session, proxy: FaultProxy
) -> None:
    cookie = store.start(due(ada, in_seconds=-1))
    together = threading.Barrier(20)

    def read(_: int) -> Session:
        together.wait()
        return store.read(cookie)

    with ThreadPoolExecutor(20) as readers:
        read_sessions = set(readers.map(read, range(20)))
    assert len(read_sessions) == 1
    assert len(proxy.requests(REFRESH)) == 1


def test_a_refused_refresh_ends_the_session(store: SessionStore, ada: Session, proxy: FaultProxy) -> None:
    cookie = store.start(due(ada, in_seconds=-1))
    sign_out(ada)
    for _ in range(2):
        with pytest.raises(NotAuthenticated):
            store.read(cookie)
    assert len(proxy.requests(REFRESH)) == 1


def test_a_refresh_whose_answer_was_lost_is_asked_for_again(
    store: SessionStore, ada: Session, proxy: FaultProxy
) -> None:
    cookie = store.start(due(ada, in_seconds=-1))
    lost = refresh(ada)
    assert store.read(cookie).refresh_token == lost.refresh_token


def test_where_a_lost_answer_is_not_given_again_the_session_ends_and_a_sign_in_starts_another(
    store: SessionStore, ada: Session, proxy: FaultProxy, is_open: Callable[[str], bool]
) -> None:
    cookie = store.start(due(ada, in_seconds=-1))
    used = {"code": 400, "error_code": "refresh_token_already_used", "msg": "Invalid Refresh Token: Already Used"}
    proxy.answer(400, json.dumps(used), path=REFRESH)
    with pytest.raises(NotAuthenticated):
        store.read(cookie)
    assert not is_open(cookie)
    assert store.read(store.start(sign_in_again(ada))).user_id == ada.user_id


def test_a_good_token_is_used_while_supabase_is_away(
    store: SessionStore, ada: Session, proxy: FaultProxy, clock: Clock
) -> None:
    cookie = store.start(due(ada, in_seconds=30))
    proxy.refuse()
    assert store.read(cookie).access_token == ada.access_token
    proxy.forward()
    clock.pass_by(PAUSE_SECONDS + 1)
    assert not store.read(cookie).expires_within(600)


def test_a_supabase_that_is_away_is_not_asked_again_at_once(
    store: SessionStore, ada: Session, proxy: FaultProxy, clock: Clock
) -> None:
    cookie = store.start(due(ada, in_seconds=30))
    proxy.answer(503)
    for _ in range(5):
        store.read(cookie)
    assert len(proxy.requests(REFRESH)) == 1
    clock.pass_by(PAUSE_SECONDS + 1)
    store.read(cookie)
    assert len(proxy.requests(REFRESH)) == 2


FAULTS: dict[str, Callable[[FaultProxy], None]] = {
    "refused": FaultProxy.refuse,
    "reset": FaultProxy.reset,
    "failing": lambda proxy: proxy.answer(503),
    "busy": lambda proxy: proxy.answer(
        429, '{"code": 429, "error_code": "over_request_rate_limit", "msg": "slow down"}'
    ),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_an_expired_session_is_kept_while_supabase_is_away(
    store: SessionStore, ada: Session, proxy: FaultProxy, clock: Clock, fault: Callable[[FaultProxy], None]
) -> None:
    cookie = store.start(due(ada, in_seconds=-1))
    fault(proxy)
    assert store.read(cookie).access_token == ada.access_token
    proxy.forward()
    clock.pass_by(PAUSE_SECONDS + 1)
    assert not store.read(cookie).expires_within(600)


def test_signing_out_ends_the_session_here_and_at_supabase(
    store: SessionStore, ada: Session, is_open: Callable[[str], bool]
) -> None:
    cookie, other_browser = store.start(ada), store.start(sign_in_again(ada))
    store.end(cookie)
    assert not is_open(cookie)
    assert is_open(other_browser)
    assert not can_refresh(ada)
    assert can_refresh(store.read(other_browser))


def test_signing_out_with_an_expired_token_ends_the_session_at_supabase_too(
    store: SessionStore, ada: Session, embedded: EmbeddedSupabase
) -> None:
    old = expired(ada, embedded)
    store.end(store.start(old))
    assert not can_refresh(old)


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_signing_out_works_while_supabase_is_away(
    store: SessionStore,
    ada: Session,
    proxy: FaultProxy,
    is_open: Callable[[str], bool],
    fault: Callable[[FaultProxy], None],
) -> None:
    cookies = [store.start(ada), store.start(due(ada, in_seconds=-1))]
    fault(proxy)
    for cookie in cookies:
        store.end(cookie)
        assert not is_open(cookie)


def test_a_refresh_does_not_revive_a_session_that_is_ended_meanwhile(
    store: SessionStore, ada: Session, proxy: FaultProxy, is_open: Callable[[str], bool]
) -> None:
    cookie = store.start(due(ada, in_seconds=30))
    proxy.stall(REFRESH)
    with ThreadPoolExecutor(1) as reader:
        reading = reader.submit(store.read, cookie)
        proxy.wait_for(REFRESH)
        store.end(cookie)
        proxy.forward()
        reading.exception()
    assert not is_open(cookie)


def test_signing_out_everywhere_ends_every_browser_of_this_clinician_alone(
    store: SessionStore, ada: Session, ben: Session, is_open: Callable[[str], bool]
) -> None:
    elsewhere = sign_in_again(ada)
    of_ada = [store.start(ada), store.start(elsewhere)]
    of_ben = store.start(ben)
    store.end_all(ada)
    assert not any(is_open(cookie) for cookie in of_ada)
    assert not can_refresh(ada)
    assert not can_refresh(elsewhere)
    assert is_open(of_ben)
    assert can_refresh(store.read(of_ben))


def test_signing_out_everywhere_is_not_claimed_while_supabase_is_away(
    store: SessionStore, ada: Session, proxy: FaultProxy
) -> None:
    proxy.refuse()
    with pytest.raises(BackendUnavailable):
        store.end_all(ada)


def test_a_session_that_ended_by_idling_is_revoked_at_supabase_too(
    store: SessionStore, ada: Session, clock: Clock
) -> None:
    store.start(ada)
    clock.pass_by(store.limits.idle - 1)
    store.end_overdue()
    assert can_refresh(store.read(store.start(sign_in_again(ada))))
    clock.pass_by(2)
    store.end_overdue()
    assert not can_refresh(ada)


def test_after_a_restart_it_is_revoked_when_a_browser_shows_its_cookie(
    store: SessionStore, ada: Session, clock: Clock, tmp_path: Path
) -> None:
    cookie = store.start(ada)
    clock.pass_by(store.limits.idle + 1)
    store.close()
    with closing(SessionStore(tmp_path / "sessions.db", SECRET, clock=clock)) as restarted:
        with pytest.raises(NotAuthenticated):
            restarted.read(cookie)
        restarted.end_overdue()
    assert not can_refresh(ada)


def test_what_could_not_be_revoked_is_revoked_when_supabase_is_back(
    store: SessionStore, ada: Session, proxy: FaultProxy, clock: Clock
) -> None:
    idle, signed_out = sign_in_again(ada), sign_in_again(ada)
    store.start(idle)
    clock.pass_by(store.limits.idle + 1)
    cookie = store.start(signed_out)
    proxy.refuse()
    store.end(cookie)
    store.end_overdue()
    proxy.forward()
    store.end_overdue()
    assert not can_refresh(idle)
    assert not can_refresh(signed_out)


def test_signing_out_everywhere_with_an_expired_token_ends_the_others_all_the_same(
    store: SessionStore, ada: Session, embedded: EmbeddedSupabase
) -> None:
    elsewhere = sign_in_again(ada)
    store.end_all(expired(ada, embedded))
    assert not can_refresh(elsewhere)


@pytest.fixture
def asking_store(clock: Clock) -> Iterator[SessionStore]:
    """A store that asks Auth about its sessions, as the running server's does."""
    with closing(SessionStore(":memory:", SECRET, verify=TokenVerifier(clock).verify, clock=clock)) as opened:
        yield opened


USER = "/auth/v1/user"


def test_a_session_that_was_ended_elsewhere_ends_here_within_30_seconds(
    asking_store: SessionStore, ada: Session, proxy: FaultProxy, clock: Clock
) -> None:
    cookie = asking_store.start(ada)
    asking_store.read(cookie)
    sign_out(ada, which="global")
    proxy.forget()
    clock.pass_by(29)
    for _ in range(50):
        asking_store.read(cookie)
    assert proxy.requests() == []
    clock.pass_by(2)
    for _ in range(50):
        with pytest.raises(NotAuthenticated):
            asking_store.read(cookie)
    assert len(proxy.requests()) == 1


def test_while_supabase_is_away_pages_go_on_and_do_not_wait_for_it_each_time(
    asking_store: SessionStore, ada: Session, proxy: FaultProxy, clock: Clock
) -> None:
    cookie = asking_store.start(ada)
    proxy.answer(503, path=USER)
    for _ in range(5):
        assert asking_store.read(cookie) == ada
    assert len(proxy.requests(USER)) == 1
    clock.pass_by(PAUSE_SECONDS + 1)
    asking_store.read(cookie)
    assert len(proxy.requests(USER)) == 2
