"""Verifying bearer tokens: what is asked of Supabase Auth, and for how long its answer counts."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from lib import Session, sign_in, sign_out
from lib.accounts.bearer_tokens import TokenVerifier
from lib.accounts.published_keys import PublishedKeys
from lib.backend.client import connect
from lib.backend.settings import Supabase
from lib.errors import BackendUnavailable, NotAuthenticated
from tests.clinicians import PASSWORD
from tests.clock import Clock
from tests.proxy import FaultProxy

KEYS = "/auth/v1/.well-known/jwks.json"
USER = "/auth/v1/user"


@pytest.fixture
def session(supabase_project: Supabase) -> Session:
    """A session of Ada's that a test may end."""
    connect(supabase_project)
    return sign_in("ada@demo.example", PASSWORD)


@pytest.fixture
def proxy(session: Session, supabase_project: Supabase) -> Iterator[FaultProxy]:
    """The only way to Supabase, from here on."""
    with FaultProxy(supabase_project.url) as proxy:
        connect(Supabase(proxy.url, supabase_project.key))
        yield proxy


@pytest.fixture
def verifier(clock: Clock) -> TokenVerifier:
    return TokenVerifier(clock)


def test_a_valid_token_is_its_clinicians_session_without_a_refresh_token(
    session: Session, proxy: FaultProxy, verifier: TokenVerifier
) -> None:
    found = verifier.verify(session.access_token)
    assert (found.user_id, found.email, found.expires_at) == (session.user_id, session.email, session.expires_at)
    assert (found.access_token, found.refresh_token) == (session.access_token, "")


def test_a_burst_costs_one_verification(session: Session, proxy: FaultProxy, verifier: TokenVerifier) -> None:
    start = threading.Barrier(20)

    def verify(_: int) -> Session:
        start.wait()
        return verifier.verify(session.access_token)

    with ThreadPoolExecutor(20) as crowd:
        assert {found.user_id for found in crowd.map(verify, range(20))} == {session.user_id}
    assert len(proxy.requests()) == 1


def test_a_signed_out_session_is_refused_after_30_seconds_at_most(
    session: Session, proxy: FaultProxy, verifier: TokenVerifier, clock: Clock
) -> None:
    verifier.verify(session.access_token)
    sign_out(session)
    clock.pass_by(29)
    verifier.verify(session.access_token)
    clock.pass_by(2)
    with pytest.raises(NotAuthenticated):
        verifier.verify(session.access_token)


def test_a_remembered_token_ends_when_it_expires(
    session: Session, proxy: FaultProxy, verifier: TokenVerifier, clock: Clock
) -> None:
    clock.now = session.expires_at - 1
    verifier.verify(session.access_token)
    clock.now = session.expires_at + 1
    with pytest.raises(NotAuthenticated):
        verifier.verify(session.access_token)
    assert len(proxy.requests()) == 1


def test_a_failure_is_not_remembered(session: Session, proxy: FaultProxy, verifier: TokenVerifier) -> None:
    proxy.answer(503, path=USER)
    with pytest.raises(BackendUnavailable):
        verifier.verify(session.access_token)
    proxy.forward()
    assert verifier.verify(session.access_token).user_id == session.user_id


def test_a_remembered_token_is_recalled_without_asking_until_it_is_forgotten_or_expires(
    session: Session, proxy: FaultProxy, verifier: TokenVerifier, clock: Clock
) -> None:
    assert verifier.recall(session.access_token) is None
    found = verifier.verify(session.access_token)
    assert verifier.recall(session.access_token) == found
    assert verifier.recall(f"{session.access_token}x") is None
    clock.pass_by(31)
    assert verifier.recall(session.access_token) is None
    clock.now = session.expires_at - 1
    verifier.verify(session.access_token)
    clock.now = session.expires_at
    assert verifier.recall(session.access_token) is None
    assert len(proxy.requests()) == 2


def test_a_token_of_one_project_is_not_recalled_in_another(
    session: Session, proxy: FaultProxy, verifier: TokenVerifier, supabase_project: Supabase
) -> None:
    verifier.verify(session.access_token)
    connect(supabase_project)
    assert verifier.recall(session.access_token) is None


def test_a_token_whose_verification_fails_is_not_recalled(
    session: Session, proxy: FaultProxy, verifier: TokenVerifier
) -> None:
    proxy.answer(503, path=USER)
    with pytest.raises(BackendUnavailable):
        verifier.verify(session.access_token)
    assert verifier.recall(session.access_token) is None


def test_a_refused_token_is_asked_about_once_in_10_seconds(
    session: Session, proxy: FaultProxy, verifier: TokenVerifier, clock: Clock
) -> None:
    sign_out(session)
    proxy.forget()
    for expected in (1, 2):
        for _ in range(50):
            with pytest.raises(NotAuthenticated):
                verifier.verify(session.access_token)
        assert len(proxy.requests(USER)) == expected
        clock.pass_by(11)


def test_a_flood_of_forged_tokens_makes_no_good_one_forgotten(
    session: Session, proxy: FaultProxy, verifier: TokenVerifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lib.accounts.bearer_tokens.REMEMBERED_TOKENS", 5)
    verifier.verify(session.access_token)
    for number in range(20):
        with pytest.raises(NotAuthenticated):
            verifier.verify(f"{session.access_token[:-8]}{number:08}")
    proxy.forget()
    verifier.verify(session.access_token)
    assert proxy.requests() == []


def test_only_so_many_tokens_are_remembered(
    session: Session, proxy: FaultProxy, verifier: TokenVerifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lib.accounts.bearer_tokens.REMEMBERED_TOKENS", 1)
    other = sign_in("ben@demo.example", PASSWORD)
    proxy.forget()
    for token in (session.access_token, other.access_token, session.access_token):
        verifier.verify(token)
    assert len(proxy.requests(USER)) == 3


class Project:
    """What a project with an asymmetric key publishes and signs."""

    def __init__(self, session: Session) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.claims = jwt.decode(session.access_token, options={"verify_signature": False})
        published = jwt.algorithms.ECAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        self.keys = json.dumps({"keys": [published | {"kid": "k1", "alg": "ES256", "use": "sig"}]})

    def sign(self, key: ec.EllipticCurvePrivateKey, kid: str = "k1", number: int = 0) -> str:
        return jwt.encode(self.claims | {"number": number}, key, "ES256", headers={"kid": kid})


@pytest.fixture
def project(session: Session, supabase_project: Supabase, proxy: FaultProxy) -> Project:
    """The embedded Supabase, made to look as if it signed with a key that it publishes."""
    project = Project(session)
    headers = {"apikey": supabase_project.key, "Authorization": f"Bearer {session.access_token}"}
    proxy.answer(200, httpx.get(supabase_project.url + USER, headers=headers).text, path=USER)
    proxy.answer(200, project.keys, path=KEYS)
    return project


def test_a_token_signed_with_a_published_key_is_valid_and_the_keys_are_fetched_once(
    project: Project, session: Session, proxy: FaultProxy
) -> None:
    for _ in range(2):
        assert TokenVerifier().verify(project.sign(project.key)).user_id == session.user_id
    assert len(proxy.requests(KEYS)) == 1


@pytest.mark.parametrize("kid", ["k1", "another"])
def test_a_token_signed_with_another_key_is_refused_before_auth_is_asked(
    kid: str, project: Project, proxy: FaultProxy, verifier: TokenVerifier
) -> None:
    with pytest.raises(NotAuthenticated):
        verifier.verify(project.sign(ec.generate_private_key(ec.SECP256R1()), kid))
    assert {asked.path for asked in proxy.requests()} == {KEYS}


def test_a_signed_out_session_is_refused_although_its_signature_is_good(
    project: Project, proxy: FaultProxy, verifier: TokenVerifier
) -> None:
    proxy.answer(403, '{"code": 403, "error_code": "session_not_found", "msg": "x"}', path=USER)
    with pytest.raises(NotAuthenticated):
        verifier.verify(project.sign(project.key))


@pytest.mark.parametrize("status", [401, 403])
def test_whatever_reason_auth_has_to_refuse_a_token_it_is_nobodys(
    status: int, session: Session, proxy: FaultProxy, verifier: TokenVerifier
) -> None:
    proxy.answer(status, '{"code": 403, "error_code": "bad_jwt", "msg": "Canary"}', path=USER)
    with pytest.raises(NotAuthenticated):
        verifier.verify(session.access_token)


def test_a_key_that_is_published_later_is_found_and_forged_names_cause_few_requests(
    project: Project, proxy: FaultProxy, clock: Clock
) -> None:
    keys = PublishedKeys(clock)
    proxy.answer(200, '{"keys": [{"kty": "of the future", "kid": "k0"}]}', path=KEYS)
    for _ in range(20):
        assert keys.find("k1") is None
    assert len(proxy.requests(KEYS)) == 1
    proxy.answer(200, project.keys, path=KEYS)
    clock.pass_by(31)
    assert keys.find("k1")
    assert len(proxy.requests(KEYS)) == 2
    clock.pass_by(299)
    assert keys.find("k1")
    assert len(proxy.requests(KEYS)) == 2
    clock.pass_by(2)
    assert keys.find("k1")
    assert len(proxy.requests(KEYS)) == 3


@pytest.mark.parametrize("slow", [KEYS, USER])
def test_an_endpoint_that_trickles_holds_nobody_past_the_deadline_however_many_tokens_wait(
    slow: str, project: Project, proxy: FaultProxy, supabase_project: Supabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lib.accounts.bearer_tokens.ANSWER_SECONDS", 1.0)
    monkeypatch.setattr("lib.backend.client.DEADLINES", httpx.Timeout(1.0))
    connect(Supabase(proxy.url, supabase_project.key))
    verifier = TokenVerifier()
    proxy.trickle(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + b" " * 1000, slow)

    def verify(number: int) -> float:
        started = time.perf_counter()
        with pytest.raises(BackendUnavailable):
            verifier.verify(project.sign(project.key, number=number))
        return time.perf_counter() - started

    with ThreadPoolExecutor(8) as crowd:
        assert max(crowd.map(verify, range(8))) < 2.5


def test_keys_and_auth_together_take_no_longer_than_one_deadline(
    project: Project, proxy: FaultProxy, verifier: TokenVerifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lib.accounts.bearer_tokens.ANSWER_SECONDS", 1.0)
    proxy.stall(USER)
    late = f"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {len(project.keys)}\r\n\r\n{project.keys}".encode()
    proxy.trickle(late, KEYS, seconds=0.7 / len(late))
    started = time.perf_counter()
    with pytest.raises(BackendUnavailable):
        verifier.verify(project.sign(project.key))
    assert 0.9 < time.perf_counter() - started < 1.6


@pytest.mark.parametrize("fault", ["refuse", "reset", "answer 500", "answer 401", "answer HTML"])
def test_keys_that_cannot_be_fetched_are_supabases_failure(
    fault: str, project: Project, proxy: FaultProxy, verifier: TokenVerifier
) -> None:
    provoke: dict[str, Callable[[], None]] = {
        "refuse": proxy.refuse,
        "reset": lambda: proxy.reset(KEYS),
        "answer 500": lambda: proxy.answer(500, path=KEYS),
        "answer 401": lambda: proxy.answer(401, path=KEYS),
        "answer HTML": lambda: proxy.answer(200, "<html>", "text/html", path=KEYS),
    }
    provoke[fault]()
    with pytest.raises(BackendUnavailable):
        verifier.verify(project.sign(project.key))
