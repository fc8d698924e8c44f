// From the click on another row on, nothing more is typed into the case that is still on the page: it is locked and
// says which case is opening, until the server draws anything in its place.
(() => {
  if (window.caseDeskOpening) return;
  window.caseDeskOpening = true;
  const LONGEST = 20000; // ms after which a case is unlocked, whatever became of the click
  const BANNER = /banner-of-case-(\d+)/;
  // The table tells the server which cell was chosen; every message from there on repeats that.
  const CHOSEN = /(worklist-[0-9a-f]+).{0,9}?\{"selection":\{[^{}]*?"cells":\[\[(\d+),/gs;
  const rows = new Map();
  let locked, left, timer;

  const shown = () => document.querySelector('[class*="st-key-banner-of-case-"]')?.className.match(BANNER)[1];

  const numberIn = (row) => {
    const columns = [...document.querySelectorAll('table[role="grid"] th')];
    const cells = document.querySelector(`table[role="grid"] tr[aria-rowindex="${row + 2}"]`)?.children;
    return cells?.[columns.findIndex((column) => column.textContent.trim().startsWith('Case'))]?.textContent.trim();
  };

  const lock = (number) => {
    unlock();
    left = shown();
    if (!number || !left || number === left) return;
    locked = document.querySelector('.st-key-open-case');
    locked.inert = true;
    locked.dataset.opening = `Opening case ${number}…`;
    timer = setTimeout(unlock, LONGEST);
  };

  const unlock = () => {
    if (!locked) return;
    clearTimeout(timer);
    locked.inert = false;
    delete locked.dataset.opening;
    locked = undefined;
  };

  const send = WebSocket.prototype.send;
  WebSocket.prototype.send = function (data) {
    send.call(this, data);
    if (!ArrayBuffer.isView(data)) return;
    for (const [, table, row] of new TextDecoder('latin1').decode(data).matchAll(CHOSEN)) {
      if (rows.get(table) === row) continue;
      rows.set(table, row);
      lock(numberIn(Number(row)));
    }
  };

  const look = () => locked && shown() !== left && unlock();
  const changes = { childList: true, subtree: true, attributes: true, attributeFilter: ['class'] };
  new MutationObserver(look).observe(document.body, changes);
})();
