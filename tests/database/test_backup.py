"""Backup and restore as docs/operations.md tells it, walked through on a real PostgreSQL."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Any

from lib.backend.settings import ROOT
from tests.postgres import Database, PostgresServer

OPERATIONS = ROOT / "docs" / "operations.md"


def read_command(program: str) -> str:
    """Return the command that the guide tells for this program."""
    [command] = re.findall(rf"^{program} (?:.*\\\n)*.*$", OPERATIONS.read_text(encoding="utf-8"), re.MULTILINE)
    return str(command)


def run(command: str, postgres: PostgresServer, database: Database, directory: Path) -> None:
    environment = {
        "DATABASE": f"host={database.server} user=supabase_admin dbname={database.name}",
        "PATH": f"{postgres.programs}:{os.environ['PATH']}",
    }
    done = subprocess.run(["sh", "-ec", command], cwd=directory, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def read_everything(database: Database) -> dict[str, list[dict[str, Any]]]:
    """Return all rows of every table of ours, and the accounts."""
    with database.connect() as administrator:
        tables = administrator.execute("select relname from pg_stat_user_tables where schemaname = 'public'")
        names = [f"public.{table['relname']}" for table in tables] + ["auth.users"]
        return {name: sorted(administrator.execute(f"select * from {name}".encode()), key=str) for name in names}


def test_a_backup_restores_cases_history_drafts_and_accounts(postgres: PostgresServer, tmp_path: Path) -> None:
    with postgres.database() as lost, postgres.database() as restored:
        ada = lost.add_clinician()
        with lost.connect("authenticated", ada) as clinician:
            for name in ("A", "B"):
                clinician.execute(
                    "insert into cases (patient_name, patient_age, patient_gender) values (%s, 1, 'other')", [name]
                )
            clinician.execute("update cases set status = 'completed' where case_id = 1")
            clinician.execute('select * from keep_draft(2, now(), \'{"status": "archived"}\')')
        kept = read_everything(lost)
        assert all(kept[f"public.{table}"] for table in ("cases", "case_events", "case_drafts"))

        run(read_command("pg_dump"), postgres, lost, tmp_path)
        run(read_command("psql"), postgres, restored, tmp_path)
        assert read_everything(restored) == kept

        with restored.connect("authenticated", ada) as clinician:
            clinician.execute("update cases set status = 'archived' where case_id = 2")
            [event] = clinician.execute("select * from case_events order by event_id desc limit 1")
            assert event["changes"] == {"status": {"from": "pending", "to": "archived"}}
            [case] = clinician.execute(
                "insert into cases (patient_name, patient_age, patient_gender) values ('C', 1, 'other') returning *"
            )
            assert case["case_id"] == 3
