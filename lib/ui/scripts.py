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
  const init = me.dataset.session
    ? {method: 'POST', headers: {'X-Ticket': me.dataset.session}}
    : {method: 'DELETE'};
  const keepTheRest = () => me.dataset.session && window.caseDeskDrafts?.finish();
  fetch('/session', init).then(keepTheRest).then(() => location.reload());
})();"""

ACTIVITY_SCRIPT = """(() => {
  if (window.caseDeskActivity) return;
  window.caseDeskActivity = true;
  let last = 0;
  const tell = () => {
    if (Date.now() - last < 10000) return;
    last = Date.now();
    fetch('/session/activity', {method: 'POST', keepalive: true}).catch(() => {});
  };
  for (const kind of ['keydown', 'pointerdown']) document.addEventListener(kind, tell, {capture: true, passive: true});
  tell();
})();"""

FORGET_SCRIPT = """(() => {
  if (window.caseDeskForgets) return;
  window.caseDeskForgets = true;
  const forget = () => {
    const fields = document.querySelectorAll(':is(input, textarea):is(:not([autocomplete]), [autocomplete=""])');
    for (const field of fields) field.autocomplete = 'off';
  };
  new MutationObserver(forget).observe(document.body, {childList: true, subtree: true});
  forget();
})();"""
"""Browsers write what stands in the fields of a page to disk, to restore it after a crash: unless a field says no."""

DRAFT_SCRIPT = (Path(__file__).parent / "draft_keeper.js").read_text(encoding="utf-8")

SCRIPTS = (SESSION_SCRIPT, ACTIVITY_SCRIPT, FORGET_SCRIPT, DRAFT_SCRIPT)


def redeem_html(ticket: str) -> str:
    """Return the element that makes the browser redeem a ticket and load the page again with its new cookie."""
    return f'<div data-session="{escape(ticket)}"></div><script>{SESSION_SCRIPT}</script>'


def sign_out_html() -> str:
    """Return the element that makes the browser end its session and load the page again."""
    return f'<div data-session=""></div><script>{SESSION_SCRIPT}</script>'


def activity_html() -> str:
    """Return the element that reports typing and clicking, at most every 10 seconds."""
    return f"<div></div><script>{ACTIVITY_SCRIPT}</script>"


def forget_html() -> str:
    """Return the element that keeps the browser from remembering what stands in the fields of the page."""
    return f"<div></div><script>{FORGET_SCRIPT}</script>"


def draft_html(form: str, about: Mapping[str, Any]) -> str:
    """Return the element that keeps what is typed into a form, with the place where it says so."""
    data = base64.b64encode(json.dumps(about).encode()).decode()
    return (
        f'<div class="case-desk-draft" data-draft-form="{escape(form)}" data-draft-about="{data}">'
        '<span role="status" aria-live="off" data-draft-shown></span><span aria-live="polite" data-draft-told></span>'
        f"</div><script>{DRAFT_SCRIPT}</script>"
    )
