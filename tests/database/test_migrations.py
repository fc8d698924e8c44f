"""Migrations as files: the order that their versions give is the only one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.postgres import MIGRATIONS


@pytest.mark.parametrize("migration", MIGRATIONS, ids=lambda migration: migration.stem)
def test_a_migration_has_a_version_of_its_own_and_says_what_it_is_for(migration: Path) -> None:
    version, _, topic = migration.stem.partition("_")
    assert re.fullmatch(r"\d{14}", version)
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", topic)
    assert [other.name for other in MIGRATIONS if other.stem.startswith(version)] == [migration.name]
    assert migration.read_text(encoding="utf-8").startswith("-- ")
