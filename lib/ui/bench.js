// What the scripts of the bench know together: how keys are called, what covers the page, where the table's rows are,
// and which of them is open.
window.caseDeskBench ??= (() => {
  const STEPS = { j: 1, arrowdown: 1, k: -1, arrowup: -1 };
  const [HEAD, ROW] = [36, 31]; // pixels

  // The key that is on the keyboard there, where letters are not Latin ones.
  const nameKey = ({ key = '', code }) =>
    (/^[^\x00-\x7f]$/.test(key) ? code.replace(/^(Key|Digit)/, '') : key).toLowerCase().replace(' ', 'space');

  const isCovered = () => !!document.querySelector('[role="dialog"], [role="listbox"], [role="menu"]');

  // `top` is where the first row begins, in sight or scrolled out of it.
  const measure = (table) => {
    const scroller = table.querySelector('.dvn-scroller');
    const { left, top } = table.querySelector('canvas').getBoundingClientRect();
    return { scroller, left, top: top + HEAD - scroller.scrollTop };
  };

  // The row that the mouse is on; none at the head and on the scroll bar.
  const findRow = (table, { clientX, clientY }) => {
    const { scroller, left, top } = measure(table);
    const isOutside = clientY < top + scroller.scrollTop || clientX - left > scroller.clientWidth;
    return isOutside ? undefined : Math.floor((clientY - top) / ROW);
  };

  // The open case is the one that the banner names; before that is there, the address. An older one may come back into
  // the address for a moment: with an interaction that left before the browser knew of the next case.
  const numberInBanner = () =>
    document.querySelector('[class*="st-key-banner-of-case-"]')?.className.match(/banner-of-case-(\d+)/)[1];
  const numberInAddress = () => new URLSearchParams(location.search).get('case_id');
  // `place` is -1 where the open case is not among those that are listed.
  const findListed = () => {
    const rows = document.querySelector('[data-numbers]')?.dataset.numbers;
    const numbers = rows?.split(' ');
    return numbers && { rows, count: numbers.length, place: numbers.indexOf(numberInBanner() ?? numberInAddress()) };
  };

  // How long a table waits with telling what is chosen in it: after a key, longer than a held one takes to repeat. It
  // goes by what was said when it was drawn last, so the first of several keys is told at once, too.
  const REPEATED = 40; // ms
  let isKeyed = false;
  const note = ({ type }) => (isKeyed = type === 'keydown');
  for (const type of ['keydown', 'pointermove', 'pointerdown']) {
    document.addEventListener(type, note, { capture: true, passive: true });
  }
  const tellAfter = () => (isKeyed ? REPEATED : 0);

  return {
    HEAD,
    ROW,
    STEPS,
    nameKey,
    isCovered,
    measure,
    findRow,
    numberInBanner,
    numberInAddress,
    findListed,
    tellAfter,
  };
})();
