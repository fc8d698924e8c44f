// Picking rows of the table, while many cases are to be changed at once: a click anywhere in a row is one on its box,
// and so are Space and X. J and K move the table's cursor, and open nothing.
(() => {
  if (window.caseDeskPicking) return;
  window.caseDeskPicking = true;
  const TABLE = '[class*="st-key-picking-"] [data-testid="stDataFrame"]';
  const BOX = 32; // pixels: the boxes' column
  const { HEAD, ROW, STEPS, nameKey, isCovered, measure, findRow, findListed } = window.caseDeskBench;
  const KINDS = ['pointerdown', 'pointerup', 'click']; // what the table listens to
  const PICKS = ['x', 'space', 'enter'];
  const count = () => findListed()?.count ?? 0;
  let at; // the row that was clicked on or gone to last
  let owner; // in which table

  const onMouse = (event) => {
    const table = event.isTrusted && event.target.closest?.(TABLE);
    if (!table) return;
    const row = findRow(table, event);
    if (row === undefined) return;
    const { scroller, left } = measure(table);
    if (row < count()) [at, owner] = [row, scroller];
    if (event.clientX - left <= BOX && row < count()) return;
    event.stopImmediatePropagation();
    // Below the last row, a click would let go of all that is picked.
    if (row >= count()) return;
    const given = new Proxy(event, { get: (from, name) => (name === 'clientX' ? left + BOX / 2 : from[name]) });
    event.target.dispatchEvent(new event.constructor(event.type, given));
  };

  const onKey = (event) => {
    const key = nameKey(event);
    if (!(key in STEPS || PICKS.includes(key)) || !event.isTrusted) return;
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const table = document.querySelector(TABLE);
    // The canvas comes a moment after the table.
    if (!table?.querySelector('canvas') || isCovered()) return;
    if (!event.target.closest(TABLE) && !isIdle(event.target, key)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (event.repeat && !(key in STEPS)) return;
    const { scroller } = measure(table);
    const isNew = owner !== scroller;
    if (isNew) [at, owner] = [Math.ceil(scroller.scrollTop / ROW), scroller];
    table.querySelector('canvas').focus();
    if (!(key in STEPS)) return pick(table);
    const row = isNew ? at : at + STEPS[key];
    if (row < 0 || row >= count()) return;
    at = row;
    bringIntoSight(scroller);
    requestAnimationFrame(() => point(table, BOX + 6));
  };

  // Space, Enter and the arrows are left to whatever knows them itself.
  const isIdle = (element, key) =>
    element.matches('body, h2') || (/[a-z]/.test(key) && key.length === 1 && element.matches('button, [type=radio]'));

  const pick = (table) => {
    point(table, BOX / 2);
    requestAnimationFrame(() => point(table, BOX + 6));
  };

  const bringIntoSight = (scroller) => {
    const lowest = at * ROW;
    const highest = HEAD + (at + 1) * ROW - scroller.clientHeight;
    scroller.scrollTop = Math.min(lowest, Math.max(highest, scroller.scrollTop));
  };

  const point = (table, x) => {
    const { scroller, left, top } = measure(table);
    const given = { bubbles: true, cancelable: true, clientX: left + x, clientY: top + (at + 0.5) * ROW };
    for (const kind of KINDS) {
      const Kind = kind.startsWith('pointer') ? PointerEvent : MouseEvent;
      scroller.dispatchEvent(new Kind(kind, given));
    }
  };

  for (const kind of KINDS) window.addEventListener(kind, onMouse, { capture: true });
  window.addEventListener('keydown', onKey, { capture: true });
})();
