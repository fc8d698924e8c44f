"""The documents tell the truth: the commands, settings, targets and links that they name are there, and no others."""

from __future__ import annotations

import ast
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from lib.backend.settings import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
DOCUMENTS = sorted(file.relative_to(ROOT) for file in [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])

FOR_THE_READER = {"cd", "curl", "export", "git", "npx", "pg_dump", "psql", "supabase", "systemctl"}
"""Programs of the reader's own that a document may name."""

SHELLS = {"", "sh", "bash", "shell", "console"}
"""What a block of commands calls its language."""

SETTING = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")


def read_commands(markdown: str) -> list[str]:
    """Return the commands in the shell blocks of a document, and the `make` targets that its text names."""
    commands = re.findall(r"`(make [\w-]+)`", markdown)
    blocks = re.findall(r"^```(\w*)\n(.*?)^```", markdown, re.DOTALL | re.MULTILINE)
    for block in (block for language, block in blocks if language in SHELLS):
        plain = re.sub(r"<[^>\n]*>", "placeholder", block.replace("\\\n", " ")).replace("$(", "; ")
        lexer = shlex.shlex(plain.replace("\n", " \n "), posix=True, punctuation_chars="|&;\n")
        lexer.whitespace, lexer.whitespace_split = " \t", True
        command: list[str] = []
        for word in [*lexer, "\n"]:
            if set(word) <= set("|&;\n"):
                commands += [shlex.join(command)] if command else []
                command = []
            elif command or not re.match(r"\$$|\w+=", word):
                command.append(word)
    return commands


def missing_parts(command: str) -> list[str]:
    """Return what a command needs and this project does not have."""
    program, *arguments = shlex.split(command)
    program = program.removeprefix(".venv/bin/")
    if program == "make":
        return [word for word in arguments if not re.search(rf"^{re.escape(word)}:", MAKEFILE, re.MULTILINE)]
    known = program in FOR_THE_READER or shutil.which(program, path=f"{Path(sys.executable).parent}:/usr/bin:/bin")
    files = [word for word in arguments if re.fullmatch(r"[\w./-]+\.(py|txt|toml|sql|md|example)", word)]
    return ([] if known else [program]) + [file for file in files if not (ROOT / file).exists()]


def read_settings(source: str) -> set[str]:
    """Return the variables that a module reads from its environment, which it calls `environ` or `environment`."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call | ast.Subscript):
            parts = [node.func, *node.args] if isinstance(node, ast.Call) else [node.value, node.slice]
            if any("environ" in ast.unparse(part) for part in parts):
                found |= {part.value for part in parts if isinstance(part, ast.Constant)}
    return {name for name in found if isinstance(name, str) and SETTING.fullmatch(name)}


def find_settings() -> set[str]:
    """Return every variable that the program reads."""
    modules = [ROOT / "app.py", *(ROOT / "pages").rglob("*.py"), *(ROOT / "lib").rglob("*.py")]
    python = {name for module in modules for name in read_settings(module.read_text(encoding="utf-8"))}
    scripts = [file.read_text(encoding="utf-8") for file in (ROOT / "supabase" / "embedded").glob("*.mjs")]
    return python | {name for script in scripts for name in re.findall(r"process\.env\.(\w+)", script)}


def test_the_readme_lists_every_setting_that_is_read_and_no_other() -> None:
    rows = re.findall(r"^\| (`[^|]+`) \|", README, re.MULTILINE)
    assert {name for row in rows for name in SETTING.findall(row)} == find_settings()


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_every_setting_of_ours_that_a_document_names_is_read(document: Path) -> None:
    ours = re.findall(r"\b(?:CASE_DESK|SUPABASE|EMBEDDED)_[A-Z_]+\b", (ROOT / document).read_text(encoding="utf-8"))
    assert set(ours) - find_settings() == set()


@pytest.mark.parametrize(
    "source",
    [
        'environment.get("A_B") or "x"',
        'os.environ["A_B"]',
        'os.environ.get("A_B", "C_D" + "x")',
        '_positive(environment, "A_B", 5)',
        'os.getenv("PATH", environ["A_B"])',
    ],
)
def test_a_setting_that_is_read_is_found(source: str) -> None:
    assert read_settings(source) == {"A_B"}


def test_a_variable_that_is_set_for_others_is_no_setting() -> None:
    assert read_settings('Popen(command, env={**os.environ, "A_B": "1"})') == set()


def test_make_alone_lists_every_target_for_people() -> None:
    targets = set(re.findall(r"^([\w-]+):", MAKEFILE, re.MULTILINE)) - {"chromium"}
    shown = subprocess.run(["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert set(re.findall(r"^make ([\w-]+) ", shown.stdout, re.MULTILINE)) == targets


def test_the_mail_for_a_new_password_carries_the_code_that_the_page_asks_for() -> None:
    config = tomllib.loads((ROOT / "supabase" / "config.toml").read_text(encoding="utf-8"))
    template = config["auth"]["email"]["template"]["recovery"]["content_path"]
    text = (ROOT / template).read_text(encoding="utf-8")
    assert "{{ .Token }}" in text
    assert "URL" not in text, "A link would sign in past Case Desk."
    assert template.removeprefix("./") in (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")


def test_the_readme_fits_on_a_screen() -> None:
    assert len(README.splitlines()) <= 60


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_every_link_within_the_repository_leads_somewhere(document: Path) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text) if "://" not in link]
    assert [link for link in links if not (ROOT / document.parent / link).exists()] == []


def test_the_readme_shows_how_to_start_and_how_to_test() -> None:
    assert {"make demo", "make test"} <= set(read_commands(README))


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_what_a_document_tells_to_run_exists(document: Path) -> None:
    commands = read_commands((ROOT / document).read_text(encoding="utf-8"))
    assert {command: missing for command in commands if (missing := missing_parts(command))} == {}


@pytest.mark.parametrize(
    ("markdown", "missing"),
    [
        ("`make nonsense`", ["nonsense"]),
        ("```sh\nmake test && make nonsense\n```", ["nonsense"]),
        ("```sh\npip install -r missing.txt  # as ever\n```", ["missing.txt"]),
        ("```sh\n$ A=1 B=<some key> nonsense --now\n```", ["nonsense"]),
        ("```sh\nTOKEN=$(curl -s http://localhost \\\n  | nonsense -c 'a; b')\n```", ["nonsense"]),
        ("```sh\ncurl -d '{\n  \"a\": 1}' \\\n  http://localhost:8501 | nonsense\n```", ["nonsense"]),
        ("```json\nnonsense\n```\ntext\n```\nmake test\n```", []),
    ],
)
def test_what_a_document_tells_and_nobody_has_is_found(markdown: str, missing: list[str]) -> None:
    assert [part for command in read_commands(markdown) for part in missing_parts(command)] == missing
