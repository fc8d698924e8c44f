// Which row of the worklist is open, for the eye: by CSS, so that the canvas is drawn again only where its cases have
// changed.
//
// And what the worklist says to those who hear it: beneath its canvas lies a table, which knows neither which row is
// open nor what the list is ordered by, and whose cells hold signs and codes where the eye sees words.
(() => {
  if (window.caseDeskTableWords) return;
  window.caseDeskTableWords = true;
  const { findListed } = window.caseDeskBench;
  const ORDERS = { '▲': 'ascending', '▼': 'descending' };
  const read = (cell) => cell.textContent.trim();
  const capitalize = (word) => word.charAt(0).toUpperCase() + word.slice(1);
  const set = (element, name, value) => {
    if (value === undefined) element.removeAttribute(name);
    else if (element.getAttribute(name) !== value) element.setAttribute(name, value);
  };

  const look = () => {
    const { place = -1 } = findListed() ?? {};
    showOpen(place);
    const grid = document.querySelector('.st-key-table-box table[role=grid]');
    if (!grid) return;
    set(grid, 'aria-label', 'Worklist');
    const heads = [...grid.querySelectorAll('th')].map(nameHead);
    for (const row of grid.querySelectorAll('tbody tr')) nameRow(row, heads, row.ariaRowIndex === String(place + 2));
    tell(grid);
  };

  const showOpen = (place) => {
    set(document.body, 'data-open-row', place < 0 ? undefined : String(place));
    // On this element alone: what all elements inherit has each of them styled again.
    const style = document.querySelector('.st-key-table-box .dvn-scroll-inner')?.style;
    if (style && style.getPropertyValue('--open-row') !== String(place)) style.setProperty('--open-row', place);
  };

  const nameHead = (head) => {
    const [, name, sign] = read(head).match(/^(.*?) ?([▲▼]?)$/);
    set(head, 'aria-sort', ORDERS[sign]);
    set(head, 'aria-label', name || 'Marks');
    return name;
  };

  // The keyboard begins in the cell of the marks, so that says what the row does.
  const named = new WeakMap();
  const nameRow = (row, heads, isOpen) => {
    const shown = `${heads}\n${isOpen}\n${row.textContent}`;
    const cells = [...row.cells];
    const marks = cells[heads.indexOf('Case') - 1];
    if (!marks || named.get(row) === shown) return;
    named.set(row, shown);
    set(row, 'aria-current', isOpen ? 'true' : undefined);
    const status = cells[heads.indexOf('Status')];
    if (status) set(status, 'aria-label', read(status).split(',').map(capitalize).join(', '));
    const name = cells[heads.indexOf('Patient')];
    if (name) set(name, 'role', 'rowheader');
    const others = cells.slice(cells.indexOf(marks) + 1);
    const words = others.map((cell) => (cell === status && cell.ariaLabel) || read(cell));
    set(marks, 'aria-label', [isOpen && 'Open', ...words].filter(Boolean).join(', '));
  };

  // Another list in the same place is announced: how much there is, and in which order.
  const news = document.body.appendChild(document.createElement('div'));
  news.setAttribute('role', 'status');
  news.className = 'for-ears';
  let told;
  const tell = (grid) => {
    const drawn = document.querySelector('[data-numbers]');
    const head = grid.querySelector('[aria-sort]');
    const order = head ? `, ordered by ${head.ariaLabel}, ${head.getAttribute('aria-sort')}` : '';
    const said = drawn && `Cases ${read(drawn).replace('–', ' to ')}${order}.`;
    if (!said || said === told) return;
    if (told) news.textContent = said;
    told = said;
  };

  new MutationObserver(look).observe(document.body, { childList: true, subtree: true, characterData: true });
  look();
})();
