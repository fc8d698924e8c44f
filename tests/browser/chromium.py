"""The browser that tests drive: the machine's own Chromium or Chrome, else Playwright's.

Run `python -m tests.browser.chromium` to get one where there is none, and to read which it is.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, BrowserType, sync_playwright

COMMANDS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SHELL = "chromium-headless-shell"
"""Chromium less its own windows and its history on disk: faster, where there is one beside a whole browser."""
MAC_APPLICATIONS = ("Chromium.app/Contents/MacOS/Chromium", "Google Chrome.app/Contents/MacOS/Google Chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
    # Tabs of one browser share a process, so that each finds the scripts of the one before compiled.
    "--process-per-site",
]
PLAYWRIGHTS_OWN = [[sys.executable, "-m", "playwright", "install", "--no-shell", "chromium"]]
FROM_APT = [
    ["apt-get", "-qq", "update"],
    ["apt-get", "-qq", "install", "-y", "chromium", "libatomic1"],
    ["apt-get", "-qq", "install", "-y", SHELL],
]
"""Playwright's own browser, and what drives it (libatomic1), need libraries that a bare machine lacks."""


def main() -> None:
    """Get a browser where there is none, and say which the tests drive."""
    for commands in ([], PLAYWRIGHTS_OWN, FROM_APT):
        for command in commands:
            _run(command)
        if path := _find_with_playwright():
            print(f"Browser tests drive {path} ({_read_version(path)}){', and its shell' * bool(shutil.which(SHELL))}.")
            return
    sys.exit("There is no Chromium or Chrome that starts here, and none could be installed. Install one and try again.")


def launch_chromium(chromium: BrowserType) -> Browser:
    """Start the browser, without a window."""
    shell = shutil.which(SHELL)
    path = shell if shell and _read_version(shell) else _path(chromium)
    return chromium.launch(executable_path=path, args=ARGUMENTS)


def launch_with_profile(chromium: BrowserType, profile: Path, base_url: str) -> BrowserContext:
    """Start one more browser, which keeps on disk what browsers keep there."""
    return chromium.launch_persistent_context(
        profile, executable_path=_path(chromium), args=ARGUMENTS, base_url=base_url
    )


def find_chromium(chromium: BrowserType) -> str | None:
    """Return the path of the first browser that starts, or None."""
    return next(filter(_read_version, _list_places(chromium)), None)


def _path(chromium: BrowserType) -> str:
    path = find_chromium(chromium)
    assert path, "There is no Chromium or Chrome that starts here. `make test` gets one."
    return path


def _find_with_playwright() -> str | None:
    try:
        with sync_playwright() as playwright:
            return find_chromium(playwright.chromium)
    except Exception as error:
        # What drives the browser is a program that may lack a library; Playwright has no type for that.
        print(f"Playwright does not start: {error}")
        return None


def _list_places(chromium: BrowserType) -> Iterator[str]:
    yield from filter(None, map(shutil.which, COMMANDS))
    for folder in (Path("/Applications"), Path.home() / "Applications"):
        yield from (str(folder / application) for application in MAC_APPLICATIONS)
    yield chromium.executable_path


def _read_version(path: str) -> str | None:
    """Return what the browser calls itself, or None where it does not start: it, or a library of its, is missing."""
    try:
        return subprocess.run(
            [path, "--version"], capture_output=True, text=True, check=True, timeout=30
        ).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return None


def _run(command: list[str]) -> None:
    if command[0] == "apt-get" and (not shutil.which("apt-get") or os.geteuid() != 0):
        return
    print("Browser tests need a browser:", *command, flush=True)
    subprocess.run(command, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"}, check=False)


if __name__ == "__main__":
    main()
