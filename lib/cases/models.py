"""The words of Case Desk as data: cases, what creates and changes them, and their versions.

What a field may hold, and its name and rule in words, is said once: in its type. Validation, the sentences about what
is wrong, the OpenAPI document and the dashboard's labels read it there. The migrations say the rules again, in SQL.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal, Self, get_args
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from lib.errors import InvalidChanges

Gender = Literal["male", "female", "other", "unknown"]
"""FHIR AdministrativeGender."""

GENDERS: tuple[Gender, ...] = get_args(Gender)
SUMMARY_LIMIT = 20_000
NAME_LIMIT = 200
OLDEST_AGE = 150


class CaseStatus(StrEnum):
    """Where a case stands; any status may follow any."""

    PENDING = "pending"
    ANALYZING = "analyzing"
    COMPLETED = "completed"
    ARCHIVED = "archived"


OPEN_STATUSES = (CaseStatus.PENDING, CaseStatus.ANALYZING)

_CONTROLS = r"\u0000-\u001f\u007f-\u009f\u2028\u2029"
# What turns the text around it makes one name read as another.
_OVERRIDES = r"\u202a-\u202e\u2066-\u2069"
# Unicode's Default_Ignorable_Code_Point, and two that show as nothing just so. Beyond U+FFFF no escape is common to
# Python, Rust and ECMAScript, so the characters themselves stand here.
_INVISIBLE = (
    r"\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2060-\u2065\u206a-\u206f\u2800\u3164"
    r"\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_FORBIDDEN = _CONTROLS + _OVERRIDES
ONE_LINE = rf"^[^{_FORBIDDEN}]*[^{_FORBIDDEN}{_INVISIBLE}\s][^{_FORBIDDEN}]*$"
_STORABLE = r"^[^\u0000]*$"

_PROBLEMS = {
    "missing": "is missing",
    "string_too_short": "is empty",
    "string_too_long": "is too long",
    "greater_than_equal": "is too small",
    "less_than_equal": "is too large",
    ONE_LINE: "has a line break, a control character or nothing that can be seen",
    _STORABLE: "holds a character that cannot be stored",
    "string_unicode": "holds a character that cannot be stored",
    "string_type": "is not text",
    "int_type": "is not a whole number",
}
"""What is wrong, by pydantic's word for it, or by the pattern that text does not match."""

PatientName = Annotated[
    str,
    StringConstraints(strict=True, strip_whitespace=True, min_length=1, max_length=NAME_LIMIT, pattern=ONE_LINE),
    Field(
        title="Patient name", description=f"text of 1 to {NAME_LIMIT} characters on one line, not all of them invisible"
    ),
]
DraftName = Annotated[str, StringConstraints(strict=True, max_length=NAME_LIMIT, pattern=_STORABLE)]
PatientAge = Annotated[
    int,
    Field(strict=True, ge=0, le=OLDEST_AGE),
    Field(title="Patient age", description=f"whole years from 0 to {OLDEST_AGE}, as a number without a fraction"),
]
PatientGender = Annotated[Gender, Field(title="Patient gender", description=", ".join(GENDERS))]
CaseSummary = Annotated[
    str,
    StringConstraints(strict=True, max_length=SUMMARY_LIMIT, pattern=_STORABLE),
    Field(title="Case summary", description=f"text of at most {SUMMARY_LIMIT:,} characters, without U+0000"),
]
Status = Annotated[CaseStatus, Field(title="Status", description=", ".join(CaseStatus))]
Timestamp = Annotated[AwareDatetime, AfterValidator(lambda moment: moment.astimezone(UTC))]


class Case(BaseModel):
    """A patient case as the database holds it; timestamps are in UTC."""

    model_config = ConfigDict(frozen=True)

    case_id: int
    user_id: UUID
    patient_name: str
    patient_age: int
    patient_gender: Gender
    case_summary: str
    status: CaseStatus
    created_at: Timestamp
    updated_at: Timestamp

    @property
    def etag(self) -> str:
        """Return the version of the case as a strong entity tag (RFC 9110, 8.8.3)."""
        return write_etag(self.updated_at)


class _Input(BaseModel):
    """What a person or a program gave; the first thing wrong with it becomes `InvalidChanges`."""

    model_config = ConfigDict(frozen=True)

    @classmethod
    def parse(cls, given: Mapping[str, Any]) -> Self:
        """Validate what was given.

        Raises:
            InvalidChanges: a field is unknown, missing, of the wrong type or out of range.
        """
        for name in given:
            if name not in cls.model_fields:
                allowed = ", ".join(cls.model_fields)
                raise InvalidChanges(_printable(name), f"is not a field that can be set; allowed are {allowed}")
        try:
            return cls.model_validate(given)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            field = str(first["loc"][0])
            problem = _PROBLEMS.get(first.get("ctx", {}).get("pattern", first["type"]), "is not allowed")
            raise InvalidChanges(field, f"{problem}; allowed is {FIELDS[field].description}") from None


class _Changes(_Input):
    patient_name: PatientName | None = None
    patient_age: PatientAge | None = None
    case_summary: CaseSummary | None = None
    status: Status | None = None


class CaseChanges(_Changes):
    """The fields that an update sets; absent and null fields stay as they are."""

    @classmethod
    def parse(cls, given: Mapping[str, Any]) -> Self:
        """Validate what was given, leaving out read-only fields, so that a fetched case can be sent back.

        Raises:
            InvalidChanges: a field is unknown, of the wrong type or out of range.
        """
        return super().parse({name: value for name, value in given.items() if name not in READ_ONLY_FIELDS})

    def columns(self) -> dict[str, Any]:
        """Return the columns to write, as JSON values."""
        return self.model_dump(mode="json", exclude_none=True)


class DraftChanges(_Changes):
    """The fields that are typed and not saved, half typed ones among them; absent ones were not touched.

    An empty name is one that is being typed again, a number of None one that was emptied.
    """

    patient_name: DraftName | None = None

    def columns(self) -> dict[str, Any]:
        """Return the typed fields as JSON values."""
        typed = self.model_dump(mode="json", exclude_unset=True)
        return {name: value for name, value in typed.items() if value is not None or name in NUMBERS}


class NewCase(_Input):
    """What a clinician gives to create a case."""

    patient_name: PatientName
    patient_age: PatientAge
    patient_gender: PatientGender
    case_summary: CaseSummary = ""
    status: Status = CaseStatus.PENDING

    def columns(self) -> dict[str, Any]:
        """Return the columns to write, as JSON values."""
        return self.model_dump(mode="json")


FIELDS = NewCase.model_fields
"""The fields that people set: name (`title`) and rule (`description`) of each, for people to read."""

TRIMMED_FIELDS = frozenset(
    name for name, field in FIELDS.items() if any(getattr(rule, "strip_whitespace", False) for rule in field.metadata)
)
"""The fields that are stored without blanks around them."""

NUMBERS = frozenset(name for name, field in FIELDS.items() if field.annotation is int)

READ_ONLY_FIELDS = Case.model_fields.keys() - CaseChanges.model_fields.keys()
"""The fields of a case that no update sets."""


def _printable(name: str) -> str:
    shown = name if len(name) <= 60 else f"{name[:60]}…"
    return "".join(character if character.isprintable() else "�" for character in shown)


def iso_utc(moment: datetime) -> str:
    """Write a moment as ISO 8601 in UTC with `Z`, to the microsecond where it has one."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def write_etag(version: datetime) -> str:
    """Write a version as a strong entity tag (RFC 9110, 8.8.3)."""
    return f'"{iso_utc(version)}"'


def read_etag(tag: str) -> datetime | None:
    """Return the version that an entity tag names, or None for a weak, a foreign or a broken one."""
    try:
        version = datetime.fromisoformat(tag.strip('"'))
        return version if write_etag(version) == tag else None
    except (ValueError, OverflowError):
        return None
