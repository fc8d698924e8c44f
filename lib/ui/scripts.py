"""The constant scripts of our own pages; the Content-Security-Policy allows just these, by their hashes."""

from __future__ import annotations

from html import escape

SESSION_SCRIPT = """(() => {
  const me = document.currentScript.closest('.stHtml').querySelector('[data-session]');
  const init = me.dataset.session
    ? {method: 'POST', headers: {'X-Ticket': me.dataset.session}}
    : {method: 'DELETE'};
  fetch('/session', init).then(() => location.reload());
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

SCRIPTS = (SESSION_SCRIPT, ACTIVITY_SCRIPT)


def redeem_html(ticket: str) -> str:
    """Return the element that makes the browser redeem a ticket and load the page again with its new cookie."""
    return f'<div data-session="{escape(ticket)}"></div><script>{SESSION_SCRIPT}</script>'


def sign_out_html() -> str:
    """Return the element that makes the browser end its session and load the page again."""
    return f'<div data-session=""></div><script>{SESSION_SCRIPT}</script>'


def activity_html() -> str:
    """Return the element that reports typing and clicking, at most every 10 seconds."""
    return f"<div></div><script>{ACTIVITY_SCRIPT}</script>"
