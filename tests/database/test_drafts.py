"""Drafts on a real PostgreSQL with Supabase's grants: their end after 7 days, their end when saved, their limits."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.postgres import Connection, Database, Role

WEEK = timedelta(days=7)
NEW = "insert into cases (patient_name, patient_age, patient_gender) values ('A', 1, 'other') returning case_id"


@pytest.fixture
def ada(database: Database) -> UUID:
    return database.add_clinician()


def open_case(connection: Connection) -> int:
    """Create a case and return its number."""
    return int(next(iter(connection.execute(NEW)))["case_id"])


def keep(connection: Connection, case_id: int, **typed: object) -> list[dict[str, Any]]:
    """Keep a draft where none was seen, and return what is stored then."""
    return connection.execute("select * from keep_draft(%s, now(), %s)", [case_id, Jsonb(typed)]).fetchall()


def let_time_pass(database: Database, time: timedelta) -> None:
    """Make every draft as old as if so much time had passed."""
    with database.connect() as administrator:
        administrator.execute("set session_replication_role = replica")
        administrator.execute("update case_drafts set updated_at = updated_at - %s", [time])


def stored(database: Database) -> list[int]:
    """Return the numbers of the cases that have a draft, whoever may see it."""
    with database.connect() as administrator:
        return [row["case_id"] for row in administrator.execute("select case_id from case_drafts order by case_id")]


def test_a_draft_is_seen_for_7_days(database: Database, ada: UUID) -> None:
    with database.connect("authenticated", ada) as clinician:
        keep(clinician, open_case(clinician), status="archived")
        let_time_pass(database, WEEK - timedelta(minutes=1))
        assert len(clinician.execute("select * from case_drafts").fetchall()) == 1
        let_time_pass(database, timedelta(minutes=1))
        assert clinician.execute("select * from case_drafts").fetchall() == []


def test_an_old_draft_is_replaced_as_if_there_were_none(database: Database, ada: UUID) -> None:
    with database.connect("authenticated", ada) as clinician:
        case_id = open_case(clinician)
        keep(clinician, case_id, status="archived")
        let_time_pass(database, WEEK)
        [draft] = keep(clinician, case_id, status="completed")
    assert draft["changes"] == {"status": "completed"}


def test_whoever_keeps_a_draft_clears_away_everybodys_old_ones(database: Database, ada: UUID) -> None:
    with database.connect("authenticated", database.add_clinician()) as colleague:
        keep(colleague, open_case(colleague), status="archived")
    let_time_pass(database, WEEK)
    with database.connect("authenticated", ada) as clinician:
        case_id = open_case(clinician)
        keep(clinician, case_id, status="archived")
    assert stored(database) == [case_id]


@pytest.mark.parametrize("role", ["authenticated", "service_role"])
def test_a_draft_is_gone_with_the_update_that_saves_all_of_it(database: Database, ada: UUID, role: Role) -> None:
    with database.connect("authenticated", ada) as clinician, database.connect(role, ada) as saver:
        case_id = open_case(clinician)
        keep(clinician, case_id, patient_name=" New Name ", status="archived")
        saver.execute("update cases set status = 'archived' where case_id = %s", [case_id])
        assert stored(database) == [case_id]
        saver.execute("update cases set patient_name = 'New Name' where case_id = %s", [case_id])
        assert stored(database) == []


@pytest.mark.parametrize("space", ["\u00a0", "\u2003", "\t", "\u3000"])
def test_white_space_around_a_name_leaves_no_draft_behind(database: Database, ada: UUID, space: str) -> None:
    with database.connect("authenticated", ada) as clinician:
        case_id = open_case(clinician)
        keep(clinician, case_id, patient_name=f"{space}New Name{space}")
        clinician.execute("update cases set patient_name = 'New Name' where case_id = %s", [case_id])
        assert stored(database) == []


def test_what_the_case_holds_already_is_no_draft(database: Database, ada: UUID) -> None:
    with database.connect("authenticated", ada) as clinician:
        case_id = open_case(clinician)
        keep(clinician, case_id, status="archived")
        clinician.execute("update cases set patient_age = 2 where case_id = %s", [case_id])
        assert keep(clinician, case_id, status="pending", patient_age=2)[0]["changes"] == {"status": "archived"}
        clinician.execute("delete from case_drafts")
        assert keep(clinician, case_id, status="pending", patient_age=2) == []
    assert stored(database) == []


def test_a_draft_that_is_kept_while_it_is_saved_is_none(database: Database, ada: UUID) -> None:
    with database.connect("authenticated", ada) as clinician, database.connect("authenticated", ada) as saver:
        case_id = open_case(clinician)
        with ThreadPoolExecutor(1) as hand, saver.transaction():
            saver.execute("update cases set status = 'archived' where case_id = %s", [case_id])
            kept = hand.submit(keep, clinician, case_id, status="archived")
            wait([kept], timeout=0.5)
            # The save is done behind it.
            saver.execute("select 1")
        assert kept.result() == []
    assert stored(database) == []


def test_a_save_behind_a_draft_that_is_being_kept_lets_go_of_it(database: Database, ada: UUID) -> None:
    with database.connect("authenticated", ada) as clinician, database.connect("authenticated", ada) as saver:
        case_id = open_case(saver)
        save = "update cases set status = 'archived' where case_id = %s"
        with ThreadPoolExecutor(1) as hand, clinician.transaction():
            keep(clinician, case_id, status="archived")
            saved = hand.submit(saver.execute, save, [case_id])
            wait([saved], timeout=0.5)
        saved.result()
    assert stored(database) == []


@pytest.mark.parametrize("column", ["user_id", "case_id", "updated_at"])
def test_nobody_is_granted_to_choose_whose_draft_it_is_or_its_version(
    database: Database, ada: UUID, column: str
) -> None:
    with database.connect("authenticated", ada) as clinician:
        case_id = open_case(clinician)
        keep(clinician, case_id, status="archived")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            clinician.execute(f"update case_drafts set {column} = {column}")


def test_nobody_who_is_not_signed_in_may_ask_for_drafts(database: Database) -> None:
    with database.connect("anon") as nobody:
        for request in ("select * from case_drafts", "select * from keep_draft(1, now(), '{}')"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                nobody.execute(request)
