"""The version of a case on a real PostgreSQL: strictly later with every update, whatever its clock says."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.postgres import Database

NEW = "insert into cases (patient_name, patient_age, patient_gender) values ('A', 1, 'other')"
TICK = timedelta(microseconds=1)


@pytest.mark.parametrize("ahead", [timedelta(seconds=5), timedelta(days=365)], ids=["little", "much"])
def test_under_a_clock_that_was_set_back_each_version_is_the_next_microsecond(
    database: Database, ahead: timedelta
) -> None:
    with database.connect("authenticated", database.add_clinician()) as clinician:
        clinician.execute(NEW)
        before = move_versions(database, ahead)
        for age in (2, 3):
            [updated] = clinician.execute("update cases set patient_age = %s returning updated_at", [age])
            assert updated["updated_at"] == before + TICK
            before = updated["updated_at"]


def test_updates_within_one_transaction_have_versions_of_their_own(database: Database) -> None:
    with database.connect("authenticated", database.add_clinician()) as clinician, clinician.transaction():
        clinician.execute(NEW)
        versions = [
            row["updated_at"]
            for age in range(50)
            for row in clinician.execute("update cases set patient_age = %s returning updated_at", [age])
        ]
    assert versions == sorted(set(versions))


def move_versions(database: Database, ahead: timedelta) -> datetime:
    """Let every version be from so far in the future: its clock was set back since. Return the version."""
    with database.connect() as administrator:
        administrator.execute("set session_replication_role = replica")
        [case] = administrator.execute("update cases set updated_at = now() + %s returning updated_at", [ahead])
        version: datetime = case["updated_at"]
        return version
