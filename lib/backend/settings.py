"""What is configured: where Supabase is, and how long browser sessions last and where they are kept.

Supabase comes from the environment, else from `.streamlit/secrets.toml`; neither means the embedded default.
"""

from __future__ import annotations

import base64
import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lib.errors import ConfigurationError

ROOT = Path(__file__).resolve().parents[2]
SECRETS_FILE = ROOT / ".streamlit" / "secrets.toml"

_HOW = (
    "Set both SUPABASE_URL and SUPABASE_KEY (in the environment, or as url and key under [connections.supabase] in "
    ".streamlit/secrets.toml), or neither to run on the embedded Supabase."
)


@dataclass(frozen=True)
class Supabase:
    """A Supabase project: its URL and its publishable key; `demo` where it is the embedded one with demo data."""

    url: str
    key: str
    demo: bool = False


def find_supabase(environment: Mapping[str, str] = os.environ, secrets_file: Path = SECRETS_FILE) -> Supabase | None:
    """Return the Supabase project that is configured, or None where the embedded default is wanted.

    A data directory for the embedded default in the environment is a wish for it, whatever the file says.

    Raises:
        ConfigurationError: only half is set, or the key bypasses row-level security.
    """
    stored = {} if environment.get("EMBEDDED_SUPABASE_DIR") else _connection_secrets(secrets_file)
    url = (environment.get("SUPABASE_URL") or stored.get("url", "")).strip().rstrip("/")
    key = (environment.get("SUPABASE_KEY") or stored.get("key", "")).strip()
    if not url and not key:
        return None
    if not url or not key:
        missing = "SUPABASE_KEY" if url else "SUPABASE_URL"
        raise ConfigurationError(f"{missing} is missing. {_HOW}")
    if not url.startswith(("https://", "http://")):
        raise ConfigurationError("SUPABASE_URL must start with https://, as in https://<project>.supabase.co.")
    if bypasses_row_level_security(key):
        raise ConfigurationError(
            "SUPABASE_KEY is a secret key: it bypasses row-level security, so every clinician would see every case. "
            "Set SUPABASE_KEY to the project's publishable key (sb_publishable_…, or the legacy anon key)."
        )
    return Supabase(url, key)


@dataclass(frozen=True)
class Limits:
    """How long a browser session lasts, in seconds: without an interaction, and in any case."""

    idle: float = 15 * 60
    absolute: float = 12 * 60 * 60


@dataclass(frozen=True)
class SessionSettings:
    """Browser sessions: what seals them and where they are kept, where that is configured, and how long they last."""

    secret: str | None
    file: Path | None
    limits: Limits


def find_session_settings(environment: Mapping[str, str] = os.environ) -> SessionSettings:
    """Return how browser sessions are kept.

    Raises:
        ConfigurationError: a number is no positive number, or the secret is too short to protect anything.
    """
    secret = environment.get("CASE_DESK_COOKIE_SECRET")
    if secret and len(secret) < 32:
        raise ConfigurationError(
            "CASE_DESK_COOKIE_SECRET is too short: 32 characters or more, such as `openssl rand -hex 32` prints."
        )
    file = environment.get("CASE_DESK_SESSION_FILE")
    return SessionSettings(
        secret=secret or None,
        file=Path(file) if file else None,
        limits=Limits(
            idle=_positive(environment, "CASE_DESK_IDLE_MINUTES", Limits.idle / 60) * 60,
            absolute=_positive(environment, "CASE_DESK_SESSION_HOURS", Limits.absolute / 3600) * 3600,
        ),
    )


def _positive(environment: Mapping[str, str], name: str, default: float) -> float:
    text = environment.get(name) or str(default)
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < 1e6:
        raise ConfigurationError(f"{name} must be a positive number, such as {default:g}.")
    return number


def bypasses_row_level_security(key: str) -> bool:
    """Tell whether a key is a secret key or a legacy JWT of a role other than `anon`."""
    if key.startswith("sb_secret_"):
        return True
    return key.count(".") == 2 and _claims(key).get("role") != "anon"


def _claims(token: str) -> dict[str, object]:
    payload = token.split(".")[1]
    try:
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except ValueError:
        return {}
    return claims if isinstance(claims, dict) else {}


def _connection_secrets(secrets_file: Path) -> dict[str, str]:
    try:
        connection = tomllib.loads(secrets_file.read_text(encoding="utf-8")).get("connections", {}).get("supabase", {})
        return {name: str(connection[name]) for name in ("url", "key") if name in connection}
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, AttributeError, TypeError) as error:
        raise ConfigurationError(f"{secrets_file.name} cannot be read as TOML. Correct it. {_HOW}") from error
