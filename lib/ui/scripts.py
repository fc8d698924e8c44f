"""The constant scripts of our own pages; the Content-Security-Policy allows just these, by their hashes."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

SESSION_SCRIPT = """(() => {
  const me = document.currentScript.closest('.stHtml').querySelector('[data-session]');
  const ticket = me.dataset.session;
  const keepTheRest = async () => window.caseDeskDrafts?.finish();
  // What was typed last is kept by whom it was typed: before a session ends, and after it has begun.
  const done = ticket
    ? fetch('/session', {method: 'POST', headers: {'X-Ticket': ticket}}).then(keepTheRest)
    : keepTheRest().then(() => fetch('/session', {method: 'DELETE'}));
  done.then(() => location.reload());
})();"""

EXPORT_SCRIPT = """(() => {
  const me = document.currentScript.closest('.stHtml').querySelector('[data-export]');
  const link = document.createElement('a');
  link.href = '/export/' + me.dataset.export;
  link.download = '';
  document.body.append(link);
  link.click();
  link.remove();
})();"""

# Beside the element that the script of the drafts is to hear of: that one itself would travel with each case.
FORM_SCRIPT = """(() => {
  const me = document.currentScript.closest('.stHtml').querySelector('[data-draft-form]');
  window.caseDeskDrafts?.open(me.dataset);
})();"""

_HERE = Path(__file__).parent
WATCH_SCRIPT = (_HERE / "session_watch.js").read_text(encoding="utf-8")
FIELDS_SCRIPT = (_HERE / "fields.js").read_text(encoding="utf-8")
DRAFT_SCRIPT = (_HERE / "draft_keeper.js").read_text(encoding="utf-8")
OPENING_SCRIPT = (_HERE / "opening.js").read_text(encoding="utf-8")
FRESHNESS_SCRIPT = (_HERE / "freshness.js").read_text(encoding="utf-8")
TABLE_WORDS_SCRIPT = (_HERE / "table_words.js").read_text(encoding="utf-8")
BENCH_SCRIPT = (_HERE / "bench.js").read_text(encoding="utf-8")
KEYS_SCRIPT = (_HERE / "keys.js").read_text(encoding="utf-8")
PICKING_SCRIPT = (_HERE / "picking.js").read_text(encoding="utf-8")

SCRIPTS = (
    SESSION_SCRIPT,
    EXPORT_SCRIPT,
    WATCH_SCRIPT,
    FIELDS_SCRIPT,
    DRAFT_SCRIPT,
    FORM_SCRIPT,
    OPENING_SCRIPT,
    BENCH_SCRIPT,
    KEYS_SCRIPT,
    PICKING_SCRIPT,
    TABLE_WORDS_SCRIPT,
    FRESHNESS_SCRIPT,
)

LARGEST_MESSAGE = 400_000
"""Bytes that a page may send at once: four summaries of 20,000 characters, four bytes each, and room for the rest."""


def redeem_html(ticket: str) -> str:
    """Return the element that makes the browser redeem a ticket and load the page again with its new cookie."""
    return f'<div data-session="{escape(ticket)}"></div><script>{SESSION_SCRIPT}</script>'


def sign_out_html() -> str:
    """Return the element that makes the browser end its session and load the page again."""
    return f'<div data-session=""></div><script>{SESSION_SCRIPT}</script>'


def export_html(ticket: str) -> str:
    """Return the element that makes the browser fetch a file by a ticket."""
    return f'<div data-export="{escape(ticket)}"></div><script>{EXPORT_SCRIPT}</script>'


def watch_html(idle_seconds: float) -> str:
    """Return the element that reports typing and clicking, hides the page after so long without, and knows the keys."""
    watched = f'<div data-idle-seconds="{idle_seconds:g}"></div>'
    scripts = (WATCH_SCRIPT, BENCH_SCRIPT, KEYS_SCRIPT, PICKING_SCRIPT, TABLE_WORDS_SCRIPT, FRESHNESS_SCRIPT)
    return watched + "".join(f"<script>{script}</script>" for script in scripts)


def fields_html() -> str:
    """Return the element that keeps the browser from remembering, checking or oversending what stands in fields."""
    return f'<div data-most-bytes="{LARGEST_MESSAGE}"></div><script>{FIELDS_SCRIPT}</script>'


def opening_html() -> str:
    """Return the element that locks the open case while another one is opened, and listens for what is typed."""
    return f"<script>{OPENING_SCRIPT}</script><script>{DRAFT_SCRIPT}</script>"


def draft_html(form: str, about: Mapping[str, Any]) -> str:
    """Return the element that keeps what is typed into a form, with the place where it says so."""
    data = base64.b64encode(json.dumps(about).encode()).decode()
    return (
        f'<div class="case-desk-draft" data-draft-form="{escape(form)}" data-draft-about="{data}">'
        '<span role="status" aria-live="off" data-draft-shown></span><span aria-live="polite" data-draft-told></span>'
        f"</div><script>{FORM_SCRIPT}</script>"
    )
