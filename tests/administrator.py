"""An administrator of the embedded Supabase: raw REST as the service role, which passes by every policy."""

from __future__ import annotations

import json
import time
from pathlib import Path

import httpx
import jwt

from lib.backend.settings import Supabase

SECONDS = 3600


def administrator_of(supabase: Supabase, directory: Path) -> httpx.Client:
    """Speak with a token of the service role, signed with the secret that this Supabase keeps in `directory`."""
    secret = json.loads((directory / "keys.json").read_text())["jwt_secret"]
    token = jwt.encode({"role": "service_role", "exp": int(time.time()) + SECONDS}, secret)
    headers = {"apikey": supabase.key, "Authorization": f"Bearer {token}", "Prefer": "return=representation"}
    return httpx.Client(base_url=f"{supabase.url}/rest/v1", headers=headers, timeout=10)
