"""Where Supabase is, as the environment or a file says, and which keys are refused."""

import base64
import json
from pathlib import Path

import pytest

from lib.backend.settings import Supabase, find_supabase
from lib.errors import ConfigurationError

URL = "https://project.supabase.co"
KEY = "sb_publishable_abc"
STORED = f'[connections.supabase]\nurl = "{URL}"\nkey = "{KEY}"\n'


def legacy_key(claims: object) -> str:
    """Make a JWT of the kind that older projects have as keys."""
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in ({}, claims)]
    return ".".join([*parts, "signature"])


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    """The path of a secrets file that does not exist yet."""
    return tmp_path / "secrets.toml"


def test_with_neither_set_the_embedded_default_is_wanted(secrets: Path) -> None:
    assert find_supabase({}, secrets) is None
    assert find_supabase({"SUPABASE_URL": "", "SUPABASE_KEY": " "}, secrets) is None
    secrets.write_text("[connections.other]\nurl = 5\n")
    assert find_supabase({}, secrets) is None


def test_with_both_set_that_project_is_used_and_is_no_demo(secrets: Path) -> None:
    found = find_supabase({"SUPABASE_URL": f" {URL}/ ", "SUPABASE_KEY": f"{KEY}\n"}, secrets)
    assert found == Supabase(URL, KEY, demo=False)


@pytest.mark.parametrize(
    ("given", "missing"), [({"SUPABASE_URL": URL}, "SUPABASE_KEY"), ({"SUPABASE_KEY": KEY}, "SUPABASE_URL")]
)
def test_with_one_of_the_two_the_other_is_named(given: dict[str, str], missing: str, secrets: Path) -> None:
    with pytest.raises(ConfigurationError, match=rf"^{missing} is missing\. Set both"):
        find_supabase(given, secrets)


@pytest.mark.parametrize(
    "key",
    [
        "sb_secret_abc",
        legacy_key({"role": "service_role"}),
        legacy_key({"role": "authenticated"}),
        legacy_key({}),
        legacy_key("service_role"),
        "no.jwt.either",
        "a.\u00e4.b",
    ],
    ids=["secret", "service_role", "authenticated", "no role", "no claims", "no JSON", "no base64"],
)
def test_a_key_that_may_bypass_row_level_security_is_refused_and_not_repeated(key: str, secrets: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"Set SUPABASE_KEY to the project's publishable key") as refusal:
        find_supabase({"SUPABASE_URL": URL, "SUPABASE_KEY": key}, secrets)
    assert key not in str(refusal.value)


@pytest.mark.parametrize("key", [KEY, legacy_key({"role": "anon"})], ids=["publishable", "legacy anon"])
def test_a_key_that_row_level_security_holds_for_is_accepted(key: str, secrets: Path) -> None:
    assert find_supabase({"SUPABASE_URL": URL, "SUPABASE_KEY": key}, secrets) == Supabase(URL, key)


@pytest.mark.parametrize("url", ["project.supabase.co", "ftp://project.supabase.co", "https://", "postgresql://db"])
def test_what_is_no_web_address_is_refused(url: str, secrets: Path) -> None:
    with pytest.raises(ConfigurationError, match="SUPABASE_URL must start with https://"):
        find_supabase({"SUPABASE_URL": url, "SUPABASE_KEY": KEY}, secrets)


def test_the_secrets_file_is_read_where_the_environment_says_nothing(secrets: Path) -> None:
    secrets.write_text(STORED)
    assert find_supabase({}, secrets) == Supabase(URL, KEY)


def test_the_environment_wins_over_the_secrets_file(secrets: Path) -> None:
    secrets.write_text(STORED)
    assert find_supabase({"SUPABASE_URL": "http://127.0.0.1:1"}, secrets) == Supabase("http://127.0.0.1:1", KEY)


def test_half_a_secrets_file_and_secret_keys_in_it_are_refused(secrets: Path) -> None:
    secrets.write_text(f'[connections.supabase]\nurl = "{URL}"\n')
    with pytest.raises(ConfigurationError, match=r"^SUPABASE_KEY is missing"):
        find_supabase({}, secrets)
    secrets.write_text(STORED.replace(KEY, "sb_secret_abc"))
    with pytest.raises(ConfigurationError, match="secret key"):
        find_supabase({}, secrets)


@pytest.mark.parametrize("text", ["[connections", "connections = 5", "[connections]\nsupabase = 5", "url = \xff"])
def test_a_secrets_file_that_cannot_be_read_is_named(text: str, secrets: Path) -> None:
    secrets.write_bytes(text.encode("latin-1"))
    with pytest.raises(ConfigurationError, match=r"^secrets\.toml cannot be read as TOML"):
        find_supabase({}, secrets)


def test_a_directory_for_the_embedded_default_outweighs_the_file(secrets: Path) -> None:
    secrets.write_text(STORED)
    assert find_supabase({"EMBEDDED_SUPABASE_DIR": "memory://"}, secrets) is None
