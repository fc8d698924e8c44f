"""What Supabase's default grants leave to each role after the migrations: no more than the dashboard needs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from lib.cases.models import CaseChanges, NewCase
from tests.postgres import Database, Role

Ask = Callable[[str], list[dict[str, Any]]]

NEW = "insert into cases (patient_name, patient_age, patient_gender) values ('A', 1, 'other')"

RELATIONS = """
select relname as name, relkind as kind, relrowsecurity as guarded, coalesce(reloptions, '{}') as options
  from pg_class where relnamespace = 'public'::regnamespace
"""
FUNCTIONS = """
select proname as name, prosecdef as as_owner, proconfig as settings, prorettype = 'trigger'::regtype as for_triggers,
    has_function_privilege('anon', oid, 'execute') as for_anybody,
    has_function_privilege('authenticated', oid, 'execute') as for_clinicians
  from pg_proc where pronamespace = 'public'::regnamespace
"""
POLICIES = "select tablename as on_table, cmd as verb, roles from pg_policies where schemaname = 'public'"
ANYBODYS_GRANTS = """
select table_name, privilege_type from information_schema.role_table_grants
  where table_schema = 'public' and grantee in ('anon', 'PUBLIC')
"""
CLINICIANS_GRANTS = """
select privilege_type as verb, table_name, array_agg(column_name::text order by column_name) as columns
  from information_schema.column_privileges
  where table_schema = 'public' and grantee = 'authenticated' and privilege_type <> 'SELECT' group by 1, 2
"""
SEQUENCE_GRANTS = """
select relname, role from pg_class, unnest(array['anon', 'authenticated', 'service_role']) as role
  where relnamespace = 'public'::regnamespace and relkind = 'S'
    and (has_sequence_privilege(role, oid, 'usage') or has_sequence_privilege(role, oid, 'select, update'))
"""


@pytest.fixture
def ask(database: Database) -> Ask:
    """Ask the catalogue as its superuser."""

    def answer(query: str) -> list[dict[str, Any]]:
        with database.connect() as administrator:
            return administrator.execute(query.encode()).fetchall()

    return answer


def test_every_table_has_row_level_security_and_every_view_asks_as_its_reader(ask: Ask) -> None:
    relations = ask(RELATIONS)
    assert {relation["name"] for relation in relations} >= {"cases", "case_events", "case_drafts"}
    for relation in relations:
        if relation["kind"] == "v":
            assert "security_invoker=true" in relation["options"], relation["name"]
        elif relation["kind"] not in "iS":
            assert relation["guarded"], relation["name"]


def test_every_policy_is_for_signed_in_clinicians_and_for_one_verb(ask: Ask) -> None:
    policies = ask(POLICIES)
    verbs = [(policy["on_table"], policy["verb"]) for policy in policies]
    assert len(verbs) == len(set(verbs))
    assert "ALL" not in {policy["verb"] for policy in policies}
    assert {tuple(policy["roles"]) for policy in policies} == {("authenticated",)}


def test_nobody_who_is_not_signed_in_is_granted_anything(ask: Ask) -> None:
    assert ask(ANYBODYS_GRANTS) == []
    assert [function["name"] for function in ask(FUNCTIONS) if function["for_anybody"]] == []


def test_nobody_is_granted_a_sequence(ask: Ask) -> None:
    assert ask(SEQUENCE_GRANTS) == []


def test_clinicians_are_granted_the_columns_that_they_may_set(ask: Ask) -> None:
    assert {(grant["table_name"], grant["verb"]): grant["columns"] for grant in ask(CLINICIANS_GRANTS)} == {
        ("cases", "INSERT"): sorted(NewCase.model_fields),
        ("cases", "UPDATE"): sorted(CaseChanges.model_fields),
        ("case_drafts", "INSERT"): ["base_version", "case_id", "changes"],
        ("case_drafts", "UPDATE"): ["base_version", "changes"],
        ("case_creations", "INSERT"): ["case_id", "key"],
        ("case_flags", "INSERT"): ["case_id"],
        ("saved_views", "INSERT"): ["filters", "name", "place"],
        ("saved_views", "UPDATE"): ["filters"],
    }


def test_what_runs_as_its_owner_is_called_by_triggers_alone_and_trusts_no_search_path(ask: Ask) -> None:
    functions = ask(FUNCTIONS)
    assert {function["name"] for function in functions} >= {"keep_draft", "advance_case", "discard_saved_draft"}
    for function in functions:
        assert 'search_path=""' in function["settings"], function["name"]
        assert function["for_triggers"] != function["for_clinicians"], function["name"]
        assert function["for_triggers"] or not function["as_owner"], function["name"]


@pytest.mark.parametrize("column", ["user_id", "patient_gender", "created_at", "updated_at"])
def test_a_clinician_is_not_granted_to_set_what_the_database_sets(database: Database, column: str) -> None:
    with database.connect("authenticated", database.add_clinician()) as clinician:
        clinician.execute(NEW)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            clinician.execute(f"update cases set {column} = {column}".encode())


@pytest.mark.parametrize("role", ["authenticated", "service_role"])
def test_an_identity_takes_its_number_without_a_grant(database: Database, role: Role) -> None:
    with database.connect(role, database.add_clinician()) as writer:
        writer.execute(NEW)
        assert [row["case_id"] for row in writer.execute("select case_id from case_events")] == [1]
