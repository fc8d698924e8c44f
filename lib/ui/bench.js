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

  // The address names the open case as soon as the server knows of it; `place` is -1 where it is not among the listed.
  const numberInAddress = () => new URLSearchParams(location.search).get('case_id');
  const findListed = () => {
    const listed = document.querySelector('[data-numbers]')?.dataset;
    const numbers = listed?.numbers.split(' ');
    return numbers && { place: numbers.indexOf(numberInAddress()), count: numbers.length, rows: listed.rows };
  };

  return { HEAD, ROW, STEPS, nameKey, isCovered, measure, findRow, numberInAddress, findListed };
})();
