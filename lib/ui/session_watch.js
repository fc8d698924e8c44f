// Reports typing and clicking, which keeps the session, and hides the page when the session is over.
//
// The element with data-idle-seconds is on every page of somebody who is signed in, and on no other: where it is gone,
// nothing is left to hide. The server itself draws the sign-in page when a session ends; here it is about a server that
// cannot be reached, or a computer that was asleep.
(() => {
  if (window.caseDeskWatch) return;
  window.caseDeskWatch = true;
  const REPORT_EVERY = 10000; // ms
  const LOOK_EVERY = 2000; // ms
  const TOLD =
    'Your session has ended, and the server cannot be reached. What was on the screen is hidden: it is back once you ' +
    'have signed in again.';
  let active = Date.now();
  let reported = 0;
  let asking = false;

  const note = () => {
    if (isHidden()) return;
    active = Date.now();
    if (active - reported < REPORT_EVERY) return;
    reported = active;
    fetch('/session/activity', { method: 'POST', keepalive: true }).catch(() => {});
  };

  const look = () => {
    const idle = document.querySelector('[data-idle-seconds]')?.dataset.idleSeconds * 1000;
    if (!idle) return hide(false);
    if (Date.now() - active < idle) return;
    hide(true);
    if (!asking) askServer(idle);
  };

  // Another tab may have kept the session.
  const askServer = async (idle) => {
    asking = true;
    try {
      const answer = await fetch('/session/left', { method: 'POST', signal: AbortSignal.timeout(5000) });
      const left = answer.ok ? (await answer.json()).seconds : 0;
      if (left > 0) {
        active = Date.now() - idle + left * 1000;
        hide(false);
      }
    } catch {
      // Hidden it stays.
    }
    asking = false;
  };

  const isHidden = () => document.body.classList.contains('case-desk-hidden');

  const hide = (wanted) => {
    if (isHidden() === wanted) return;
    document.body.classList.toggle('case-desk-hidden', wanted);
    document.querySelector('.case-desk-blank')?.remove();
    if (!wanted) return;
    document.activeElement?.blur();
    const blank = document.createElement('div');
    blank.className = 'case-desk-blank';
    blank.setAttribute('role', 'alert');
    blank.textContent = TOLD;
    document.body.append(blank);
  };

  const style = document.createElement('style');
  style.textContent =
    'body.case-desk-hidden > :not(.case-desk-blank) { display: none !important }' +
    '.case-desk-blank { font: 1.1rem/1.5 sans-serif; margin: 20vh auto; max-width: 32rem; padding: 0 1rem }';
  document.head.append(style);
  const early = { capture: true, passive: true };
  for (const kind of ['keydown', 'pointerdown']) document.addEventListener(kind, note, early);
  for (const kind of ['visibilitychange', 'resume']) document.addEventListener(kind, look);
  setInterval(look, LOOK_EVERY);
  note();
})();
