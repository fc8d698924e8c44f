// From the click on another row on, or on the back button, nothing more is typed into the case that is still on the
// page: it is locked and says which case is opening, until the server draws anything in its place.
//
// The table tells the server a moment after a click, and not at all where another page of it is drawn within that
// moment, or where its cursor was there already. Then the address asks for the case, as the browser's back button does.
(() => {
  if (window.caseDeskOpening) return;
  window.caseDeskOpening = true;
  const LOOK_EVERY = 100; // ms
  const TELLING = 400; // ms within which a table tells the server, while that does nothing else
  const UNANSWERED = 1500; // ms that the server does nothing, after which a click counts as lost
  const LONGEST = 20000; // ms after which a case is unlocked, whatever became of the click
  const ROWS = '[class*="st-key-worklist-"] .dvn-scroller';
  // The table tells the server which cell was chosen; every message from there on repeats that.
  const CHOSEN = /worklist-([0-9a-f]+).{0,9}?\{"selection":\{[^{}]*?"cells":\[\[(\d+),/gs;
  const told = new Map();
  let click; // what is being opened, and for how long the server has done nothing

  const find = (selector) => document.querySelector(selector);
  const shown = () => window.caseDeskBench.numberInBanner();

  const numberIn = (row) => {
    const columns = [...document.querySelectorAll('table[role="grid"] th')];
    const cells = find(`table[role="grid"] tr[aria-rowindex="${row + 2}"]`)?.children;
    return cells?.[columns.findIndex((column) => column.textContent.trim().startsWith('Case'))]?.textContent.trim();
  };

  const lock = (number, isTold) => {
    if (click && click.number === number && !click.isOver) {
      click.isTold ||= isTold;
      return;
    }
    unlock();
    const [panel, left] = [find('.st-key-open-case'), shown()];
    if (!panel || !number || number === left) return;
    click = { panel, left, number, isTold, idle: 0, since: Date.now(), timer: setInterval(wait, LOOK_EVERY) };
    panel.inert = !!left;
    panel.dataset.opening = `Opening case ${number}…`;
    panel.dataset.openingCase = number;
  };

  const unlock = () => {
    if (!click) return;
    clearInterval(click.timer);
    click.panel.inert = false;
    delete click.panel.dataset.opening;
    delete click.panel.dataset.openingCase;
    click = undefined;
  };

  const giveBack = () => {
    click.isOver = true;
    click.panel.inert = false;
    delete click.panel.dataset.openingCase;
    click.panel.dataset.opening = `Case ${click.number} has not opened. Click it again.`;
  };

  const wait = () => {
    if (Date.now() - click.since > LONGEST || !click.panel.isConnected) return unlock();
    // The server has taken it: what it draws ends the lock, and without a case in sight there is none.
    if (isNamed() && !click.isAsked) return click.left || unlock();
    if (click.isOver || isBusy()) return;
    click.idle += LOOK_EVERY;
    if (!click.isTold && click.idle >= TELLING && !find('[role="dialog"]')) ask();
    else if (click.idle >= UNANSWERED) giveBack();
  };
  const numberInAddress = () => window.caseDeskBench.numberInAddress();
  const isNamed = () => numberInAddress() === click.number;
  const isBusy = () => {
    const { testScriptState, testConnectionState } = find('[data-testid="stApp"]').dataset;
    return testScriptState !== 'notRunning' || testConnectionState !== 'CONNECTED';
  };

  const ask = () => {
    Object.assign(click, { isTold: true, isAsked: true, idle: 0 });
    const address = new URL(location);
    address.searchParams.set('case_id', click.number);
    history.pushState(null, '', address);
    dispatchEvent(new PopStateEvent('popstate'));
  };

  const onClick = (event) => {
    const table = event.isTrusted && event.target.closest?.(ROWS)?.closest('[data-testid="stDataFrame"]');
    const row = table ? window.caseDeskBench.findRow(table, event) : undefined;
    if (row !== undefined) lock(numberIn(row), false);
  };

  const send = WebSocket.prototype.send;
  WebSocket.prototype.send = function (data) {
    send.call(this, data);
    if (!ArrayBuffer.isView(data)) return;
    for (const [, table, row] of new TextDecoder('latin1').decode(data).matchAll(CHOSEN)) {
      if (told.get(table) === row) continue;
      told.set(table, row);
      lock(numberIn(Number(row)), true);
    }
  };

  const look = () => click && shown() !== click.left && unlock();
  const changes = { childList: true, subtree: true, attributes: true, attributeFilter: ['class'] };
  document.addEventListener('click', onClick, { capture: true });
  addEventListener('popstate', () => lock(numberInAddress(), true));
  new MutationObserver(look).observe(document.body, changes);
})();
