"""What a case may hold is the same to the database as to `lib.cases.models`, whichever field is added or changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from psycopg.types.json import Jsonb
from pydantic import ValidationError

from lib.cases.models import FIELDS, Case, CaseChanges, DraftChanges, NewCase
from tests.postgres import Connection, Database

CHECKS = """
select conname as name, pg_get_expr(conbin, conrelid) as expression
  from pg_constraint join pg_attribute on attrelid = conrelid and conkey = array[attnum]
  where conrelid = 'public.cases'::regclass and contype = 'c' and attname = %s
"""
COLUMNS = """
select attname as name, format_type(atttypid, atttypmod) as type, attnotnull as is_needed,
    col_description(attrelid, attnum) as comment
  from pg_attribute where attrelid = 'public.cases'::regclass and attnum > 0 and not attisdropped order by attnum
"""
CHARACTERS = [chr(number) for number in (*range(1, 0xD800), *range(0xE000, 0x10000), *range(0x10000, 0x110000, 64))]
"""Every character of the plane that living scripts use, and samples of the others."""

NEW = {"patient_name": "A", "patient_age": 1, "patient_gender": "other"}
SCHEMA = NewCase.model_json_schema()

Refused = Callable[[str, Sequence[Any]], set[Any]]


@pytest.fixture
def refused_by_database(database: Database) -> Refused:
    """Return those values of a column that its checks refuse."""

    def find_refused(column: str, values: Sequence[Any]) -> set[Any]:
        with database.connect() as administrator:
            checks = [row["expression"] for row in administrator.execute(CHECKS, [column])]
            type_ = next(row["type"] for row in administrator.execute(COLUMNS) if row["name"] == column)
            given = f"select given as {column} from unnest(%s::{type_}[]) as given"
            query = f"select {column} as value from ({given}) as cases where not ({' and '.join(checks)})"
            return {row["value"] for row in administrator.execute(query.encode(), [list(values)])}

    return find_refused


def refused_by_model(field: str, values: Sequence[Any]) -> set[Any]:
    return {value for value in values if not is_allowed(field, value)}


def is_allowed(field: str, value: Any) -> bool:
    try:
        NewCase.model_validate(NEW | {field: value})
    except ValidationError:
        return False
    return True


def create_case(clinician: Connection) -> dict[str, Any]:
    """Create a case with what must be given alone."""
    insert = f"insert into cases ({', '.join(NEW)}) values ({', '.join(['%s'] * len(NEW))}) returning *"
    return clinician.execute(insert.encode(), list(NEW.values())).fetchall()[0]


def values_around_the_limits(field: str) -> list[Any]:
    """Return what a field's rule allows at its limits, and what it refuses just beyond them."""
    rule = SCHEMA["properties"][field]
    rule |= SCHEMA["$defs"].get(rule.get("$ref", "").rpartition("/")[2], {})
    if choices := rule.get("enum"):
        return [*choices, *(choice.upper() for choice in choices), "", "none of these"]
    if rule["type"] == "integer":
        return [limit + beyond for limit in (rule["minimum"], rule["maximum"]) for beyond in (-1, 0, 1)]
    assert rule["type"] == "string", f"Say here how to try the limits of a {rule['type']}."
    return ["x" * length for length in (0, 1, rule["maxLength"], rule["maxLength"] + 1)]


@pytest.mark.parametrize("field", FIELDS)
def test_both_refuse_the_same_values_around_the_limits_of_a_field(field: str, refused_by_database: Refused) -> None:
    values = values_around_the_limits(field)
    refused = refused_by_model(field, values)
    assert refused_by_database(field, values) == refused
    assert refused, "Nothing was refused, so the test shows nothing."


@pytest.mark.parametrize("text", ["{}", "a{}b"], ids=["alone", "among others"])
@pytest.mark.parametrize("field", [name for name in FIELDS if "maxLength" in SCHEMA["properties"][name]])
def test_both_refuse_the_same_characters(field: str, text: str, refused_by_database: Refused) -> None:
    values = [text.format(character) for character in CHARACTERS]
    assert refused_by_database(field, values) ^ refused_by_model(field, values) == set()


def test_the_columns_are_the_fields_and_each_is_needed_and_explained(database: Database) -> None:
    with database.connect() as administrator:
        columns = administrator.execute(COLUMNS).fetchall()
    assert {column["name"] for column in columns} == Case.model_fields.keys()
    assert [column["name"] for column in columns if not (column["is_needed"] and column["comment"])] == []


def test_what_is_left_out_at_creation_is_the_same_to_both(database: Database) -> None:
    with database.connect("authenticated", database.add_clinician()) as clinician:
        created = create_case(clinician)
    expected = NewCase.parse(NEW).columns()
    assert {name: created[name] for name in expected} == expected


def value_of_no_default(field: str) -> Any:
    """Return a value that a field may have, and has not by itself."""
    return next(value for value in reversed(values_around_the_limits(field)) if is_allowed(field, value))


@pytest.mark.parametrize("field", FIELDS)
def test_a_case_that_is_created_under_a_key_has_every_field_as_given(field: str, database: Database) -> None:
    given = NewCase.parse(NEW | {field: value_of_no_default(field)}).columns()
    with database.connect("authenticated", database.add_clinician()) as clinician:
        [created] = clinician.execute("select * from create_case('key', %s)", [Jsonb(given)]).fetchall()
        assert {name: created[name] for name in given} == given
        assert created[field] != create_case(clinician)[field]


@pytest.mark.parametrize("field", CaseChanges.model_fields)
def test_a_draft_may_hold_what_an_update_may_set(field: str, database: Database) -> None:
    assert field in DraftChanges.model_fields
    value = value_of_no_default(field)
    with database.connect("authenticated", database.add_clinician()) as clinician:
        case = create_case(clinician)
        clinician.execute("select keep_draft(%s, %s, %s)", [case["case_id"], case["updated_at"], Jsonb({field: value})])
