"""The kit around the code: requirements, lock, CI and documents say the same."""

from __future__ import annotations

import re

from lib.backend.settings import ROOT


def read_pins(file: str) -> dict[str, str]:
    """Return the pinned version of each package, those of included files as well."""
    pins: dict[str, str] = {}
    for line in (ROOT / file).read_text(encoding="utf-8").splitlines():
        if line.startswith("-r "):
            pins |= read_pins(line.removeprefix("-r "))
        elif pin := re.match(r"([\w.-]+)(?:\[[\w,]+\])?==([^\s;]+)", line):
            pins[pin[1].lower()] = pin[2]
    return pins


def test_the_lock_pins_what_the_requirements_pin() -> None:
    required, locked = read_pins("requirements-dev.txt"), read_pins("requirements.lock")
    assert {name: version for name, version in required.items() if locked.get(name) != version} == {}, "run `make lock`"


def test_every_line_of_the_requirements_is_a_pin() -> None:
    for file in ("requirements.txt", "requirements-dev.txt"):
        lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
        assert [line for line in lines if line and not line.startswith(("#", "-r ")) and "==" not in line] == []


def test_every_package_of_the_lock_has_a_hash_and_no_address() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    packages = re.split(r"^(?=\w)", lock, flags=re.MULTILINE)[1:]
    assert [package.split(maxsplit=1)[0] for package in packages if "--hash=sha256:" not in package] == []
    assert not re.search(r"://|--(extra-)?index|--find-links", lock)


def test_ci_runs_the_command_that_the_readme_names_for_testing() -> None:
    assert "make test" in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
