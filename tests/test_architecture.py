"""The rules of the house: who imports whom, and what an import may do."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

LIBRARIES = {
    "streamlit": {"app", "pages", "lib.ui"},
    "fastapi": {"lib.server.http_document"},
    "starlette": {"app", "lib.server"},
    "supabase": {"lib.backend"},
    "supabase_auth": {"lib.backend", "lib.accounts"},
    "postgrest": {"lib.backend"},
    "httpx": {"lib.backend"},
    "rapidfuzz": {"lib.cases"},
}
"""Who may import which library; a package stands for its modules, too."""

FLOORS = [
    {"lib.errors"},
    {"lib.logs"},
    {"lib.backend"},
    {"lib.accounts"},
    {"lib.cases"},
    {"lib.bootstrap"},
    {"lib.server", "lib.ui"},
    {"pages"},
    {"app"},
]
"""Each may know those below it; rooms on one floor do not know each other. `lib` itself is the public surface."""

REFUSE_THE_NETWORK = """
import importlib, pkgutil, sys
def refuse(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        raise RuntimeError(event)
sys.addaudithook(refuse)
import lib
for module in pkgutil.walk_packages(lib.__path__, "lib."):
    importlib.import_module(module.name)
"""


def find_modules() -> Iterator[tuple[str, Path]]:
    """Find every module of the program, by name."""
    for file in [ROOT / "app.py", *(ROOT / "pages").rglob("*.py"), *(ROOT / "lib").rglob("*.py")]:
        if file.exists():
            name = ".".join(file.relative_to(ROOT).with_suffix("").parts)
            yield name.removesuffix(".__init__"), file


def runtime_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """Walk through a module without what only a type checker reads."""
    for child in ast.iter_child_nodes(node):
        if not (isinstance(child, ast.If) and ast.unparse(child.test).endswith("TYPE_CHECKING")):
            yield child
            yield from runtime_nodes(child)


def read_imports(name: str, file: Path) -> set[str]:
    """Return the modules that a module imports when it runs, functions included; each with what is taken from it."""
    package = name if file.name == "__init__.py" else name.rpartition(".")[0]
    imported = set()
    for node in runtime_nodes(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            source = ".".join([*above, *([node.module] if node.module else [])])
            imported |= {source, *(f"{source}.{alias.name}" for alias in node.names)}
    return imported


IMPORTS = {name: read_imports(name, file) for name, file in find_modules()}


def belongs(module: str, *packages: str) -> bool:
    """Tell whether a module is one of these, or lies in one."""
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def known_to(name: str) -> set[str]:
    """Return every module of the program that an import of this one brings along."""
    known: set[str] = set()
    found = [name]
    while found:
        direct = (IMPORTS[found.pop()] & IMPORTS.keys()) - {"lib"} - known
        known |= direct
        found += direct
    return known


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_library_is_imported_where_it_belongs_alone(library: str) -> None:
    importers = {name for name, imported in IMPORTS.items() if any(belongs(module, library) for module in imported)}
    assert {name for name in importers if not belongs(name, *LIBRARIES[library])} == set()


def floor_of(module: str) -> int | None:
    """Return the floor that a module is on."""
    return next((floor for floor, rooms in enumerate(FLOORS) if belongs(module, *rooms)), None)


def may_know(module: str, other: str) -> bool:
    """Tell whether a module may import another one of ours."""
    floor, below = floor_of(module), floor_of(other)
    same_room = module.split(".")[:2] == other.split(".")[:2]
    return floor is not None and below is not None and (below < floor or same_room)


def test_every_module_is_on_a_floor() -> None:
    assert {module for module in IMPORTS.keys() - {"lib"} if floor_of(module) is None} == set()


@pytest.mark.parametrize("module", sorted(IMPORTS.keys() - {"lib"}))
def test_imports_run_one_way(module: str) -> None:
    known = (IMPORTS[module] & IMPORTS.keys()) - {"lib"}
    assert {other for other in known if not may_know(module, other)} == set()


def test_errors_know_nothing_of_ours() -> None:
    assert {module for module in IMPORTS["lib.errors"] if belongs(module, "lib", "pages", "app")} == set()


def test_no_module_of_lib_knows_pages_or_app() -> None:
    rooms = {name for name in IMPORTS if belongs(name, "lib")}
    assert {name for name in rooms if any(belongs(module, "pages", "app") for module in IMPORTS[name])} == set()


@pytest.mark.parametrize("module", ["lib.server.http_api", "lib.backend.embedded"])
def test_only_the_server_knows_what_it_serves_and_starts(module: str) -> None:
    assert {name for name in IMPORTS if module in IMPORTS[name]} <= {"app"}


def test_no_modules_import_each_other_in_a_circle() -> None:
    assert {name for name in IMPORTS if name in known_to(name)} == set()


def test_importing_lib_asks_nothing_of_the_network() -> None:
    result = subprocess.run([sys.executable, "-c", REFUSE_THE_NETWORK], cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr


def test_every_migration_has_a_number_of_its_own() -> None:
    numbers = [file.name.partition("_")[0] for file in (ROOT / "supabase" / "migrations").glob("*.sql")]
    assert len(numbers) == len(set(numbers)) > 0


def test_no_line_is_longer_than_120_characters() -> None:
    folders = ("lib", "pages", "tests", "bench", "docs", "supabase/migrations")
    files = [file for folder in folders for file in (ROOT / folder).rglob("*")]
    files += [*ROOT.glob("*.*"), *(ROOT / "supabase" / "embedded").glob("*.mjs")]
    written = {
        file: file.read_text(encoding="utf-8").splitlines()
        for file in files
        if file.suffix in {".py", ".js", ".mjs", ".sql", ".md", ".toml"} and "node_modules" not in file.parts
    }
    # A row of a table cannot be broken.
    long = {
        f"{file.name}:{number}"
        for file, lines in written.items()
        for number, line in enumerate(lines, 1)
        if len(line) > 120 and not line.startswith("|")
    }
    assert len(written) > 200
    assert long == set()
