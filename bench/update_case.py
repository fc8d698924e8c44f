"""Measure what `update_case` costs beside the same raw PATCH, both in turn against one embedded Supabase.

Run `python -m bench.update_case`. Prints medians in milliseconds, and their ratio, which is what counts: machines are
noisy, but both sides meet the same noise.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import httpx

from lib import Session, create_case, sign_in, update_case
from lib.backend.client import connect
from lib.backend.embedded import EmbeddedSupabase

ROUNDS = 300
STATUSES = ("analyzing", "pending")


def main() -> None:
    """Measure on a throwaway embedded Supabase."""
    embedded = EmbeddedSupabase({"EMBEDDED_SUPABASE_DIR": "memory://", "EMBEDDED_SUPABASE_PORT": "0"})
    supabase = embedded.start()
    connect(supabase)
    try:
        session = sign_in("ada@demo.example", "casedesk-demo")
        case = create_case(session, {"patient_name": "Bench", "patient_age": 1, "patient_gender": "unknown"})
        raw = raw_patch(supabase.url, supabase.key, session, case.case_id)
        ours, theirs = measure(lambda status: update_case(session, case.case_id, {"status": status}), raw)
    finally:
        embedded.stop()
    print(f"update_case {ours:.2f} ms, raw PATCH {theirs:.2f} ms, ratio {ours / theirs:.2f} (median of {ROUNDS})")


def raw_patch(url: str, key: str, session: Session, case_id: int) -> Callable[[str], object]:
    """Return the same update as a plain request on a warm connection."""
    headers = {"apikey": key, "Authorization": f"Bearer {session.access_token}", "Prefer": "return=representation"}
    client = httpx.Client(base_url=f"{url}/rest/v1", headers=headers)
    path = f"/cases?case_id=eq.{case_id}&select=*"
    return lambda status: client.patch(path, json={"status": status}).raise_for_status().json()


def measure(ours: Callable[[str], object], theirs: Callable[[str], object]) -> tuple[float, float]:
    """Return the median milliseconds of both, taken in turn."""
    times: tuple[list[float], list[float]] = ([], [])
    for round_ in range(ROUNDS):
        for kept, call in zip(times, (ours, theirs), strict=True):
            started = time.perf_counter()
            call(STATUSES[round_ % 2])
            kept.append((time.perf_counter() - started) * 1000)
    return statistics.median(times[0]), statistics.median(times[1])


if __name__ == "__main__":
    main()
