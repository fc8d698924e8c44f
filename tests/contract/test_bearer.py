"""Who is let in: anyone without a valid token is turned away before any case is read."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from lib import Session, sign_in, sign_out
from lib.backend.embedded import EmbeddedSupabase
from lib.backend.settings import Supabase
from tests.clinicians import PASSWORD
from tests.contract.document import expect_row
from tests.proxy import FaultProxy


@pytest.fixture
def secret(embedded: EmbeddedSupabase) -> str:
    """What this Supabase signs its tokens with."""
    return str(json.loads((embedded.directory / "keys.json").read_text())["jwt_secret"])


@pytest.fixture
def claims(ada: Session) -> dict[str, Any]:
    """The claims of a token that is valid."""
    return dict(jwt.decode(ada.access_token, options={"verify_signature": False}))


FORGED: dict[str, Callable[[dict[str, Any], str], str]] = {
    "signed by nobody": lambda claims, secret: jwt.encode(claims, "", "none"),
    "expired": lambda claims, secret: jwt.encode(claims | {"exp": int(time.time()) - 1}, secret),
    "without an end": lambda claims, secret: jwt.encode({"sub": claims["sub"], "aud": "authenticated"}, secret),
    "for another audience": lambda claims, secret: jwt.encode(claims | {"aud": "elsewhere"}, secret),
    "of a role that bypasses the policies": lambda claims, secret: jwt.encode(
        claims | {"role": "service_role"}, secret
    ),
    "of no user": lambda claims, secret: jwt.encode(claims | {"sub": "ada"}, secret),
    "in four parts": lambda claims, secret: jwt.encode(claims, secret) + ".x",
    "deeply nested": lambda claims, secret: f"{'W1tb' * 10_000}.e30.eA",
    "of another project": lambda claims, secret: jwt.encode(claims, "another secret of thirty-two bytes"),
    "signed with a key of their own": lambda claims, secret: jwt.encode(
        claims, ec.generate_private_key(ec.SECP256R1()), "ES256", headers={"kid": "mine"}
    ),
    "of a session that never was": lambda claims, secret: jwt.encode(claims | {"session_id": str(uuid4())}, secret),
}
LOOK_GENUINE = {"of another project", "signed with a key of their own", "of a session that never was"}


@pytest.mark.parametrize("kind", FORGED)
def test_a_forged_token_is_401_and_no_case_is_read(
    kind: str,
    claims: dict[str, Any],
    secret: str,
    browse: Callable[[Session | None], httpx.Client],
    path: str,
    proxy: FaultProxy,
) -> None:
    token = FORGED[kind](claims, secret)
    for method in ("GET", "PUT"):
        answer = browse(None).request(method, path, headers={"Authorization": f"Bearer {token}"})
        expect_row(answer, "no bearer token")
    assert proxy.requests("/rest/") == []
    if kind not in LOOK_GENUINE:
        assert proxy.requests() == []


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [""],
        ["Bearer"],
        ["{token}"],
        ["Basic {token}"],
        ["Bearer {token} {token}"],
        ["Bearer {token},"],
        ["Bearer {token}", "Bearer {token}"],
        ["Bearer {key}"],
        ["Bearer ä"],
    ],
    ids=str,
)
def test_anything_but_one_bearer_token_is_401_without_a_request(
    lines: list[str],
    ada: Session,
    connected: Supabase,
    browse: Callable[[Session | None], httpx.Client],
    path: str,
    proxy: FaultProxy,
) -> None:
    values = [line.format(token=ada.access_token, key=connected.key).encode() for line in lines]
    expect_row(browse(None).get(path, headers=[(b"Authorization", value) for value in values]), "no bearer token")
    assert proxy.requests() == []


@pytest.mark.parametrize("value", ["bearer {token}", "BEARER   {token}"])
def test_the_scheme_is_read_in_any_case(
    value: str, ada: Session, browse: Callable[[Session | None], httpx.Client], path: str
) -> None:
    answer = browse(None).get(path, headers={"Authorization": value.format(token=ada.access_token)})
    assert answer.status_code == 200


def test_a_signed_out_session_is_401_and_no_case_is_read(
    connected: Supabase, browse: Callable[[Session | None], httpx.Client], path: str, proxy: FaultProxy
) -> None:
    session = sign_in("ada@demo.example", PASSWORD)
    sign_out(session)
    expect_row(browse(session).get(path), "no bearer token")
    assert proxy.requests("/rest/") == []


@pytest.mark.parametrize(
    ("case_id", "body"), [("1e3", b"{}"), ("999999", b"{}"), ("1", b"not JSON"), ("1", b" " * 70_000)]
)
def test_nothing_else_is_said_before_the_sender_is_known(
    case_id: str, body: bytes, browse: Callable[[Session | None], httpx.Client]
) -> None:
    expect_row(browse(None).put(f"/cases/cases/{case_id}", content=body), "no bearer token")
