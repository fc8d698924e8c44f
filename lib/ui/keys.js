// The keys of the bench, and where the keyboard is.
//
// A key presses the button whose Streamlit key names it (`press-h-…`), so that every key has a button; none does while
// somebody types, behind a dialog, or held down. The table's own cursor goes from case to case, because it alone knows
// at once where it is, however far the server lags behind.
(() => {
  if (window.caseDeskKeys) return;
  window.caseDeskKeys = true;
  const TABLE = '.st-key-table-box [data-testid="stDataFrame"]';
  const CANVAS = `${TABLE} canvas[data-testid="data-grid-canvas"]`;
  const AHEAD = 3000; // ms for which the cursor may be ahead of what the server has drawn
  const PAUSE = 700; // ms without a key, after which nobody is typing any more
  const FILLING = 3000; // ms that a form may take to show what its fields hold
  const DECIDING = 1000; // ms within which a second status for the same case is a slip
  const FRAMES = 60; // for which a table may take to be as high as it will be
  const { STEPS, nameKey, isCovered, numberInBanner, findListed } = window.caseDeskBench;
  const FIELDS = { e: 'patient_name', n: 'case_summary' };
  const find = (selector) => document.querySelector(selector);
  // Not of a case that is locked because another one is opening.
  const PRESSED = ':is(button, input):not(:disabled, [inert] *)';
  const findButton = (key) => find(`[class*="st-key-press-${key}-"] ${PRESSED}`);
  const isTyping = (element) =>
    element.isContentEditable ||
    element.matches('textarea, select, input:not([type=radio], [type=checkbox], [type=button]), [role=combobox]');

  // What a key does

  const onKey = (event) => {
    if (event.isComposing) return;
    if (wanted && !isCovered() && !isTyping(event.target) && hold(event)) return swallow(event);
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const key = nameKey(event);
    if (key === 'escape' && isTyping(event.target)) return leaveField(event);
    wish(key === 'enter' && !!event.target.closest(TABLE));
    if (isTyping(event.target) || (event.repeat && !(key in STEPS))) return;
    // The arrows of whatever has arrows of its own are left to it.
    if (key.startsWith('arrow') && !isIdle(event.target)) return;
    if (isCovered() && !isOpen(key)) return;
    if (key in STEPS ? move(STEPS[key]) : press(key)) swallow(event);
  };

  const swallow = (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
  };

  const isIdle = (element) => element === document.body || element.matches('h2, ' + TABLE);
  // A popover is closed by the key that opened it.
  const isOpen = (key) => findButton(key)?.getAttribute('aria-expanded') === 'true';

  const press = (key) => {
    const button = /^[a-z0-9]+$/.test(key) && findButton(key);
    if (want(key, button)) return true;
    if (!button) return false;
    const name = nameOf(button);
    if (isDecided(name)) return true;
    noteLeaving(button);
    whenFilled(() => find(`.${name} ${PRESSED}`)?.click(), Date.now() + FILLING);
    return true;
  };
  // Found again by its name: React may make the button of one case that of the next.
  const nameOf = (button) => button.closest('[class*="st-key-press-"]').className.match(/st-key-press-[\w-]+/)[0];

  // Sent together, two keys arrive in any order.
  let decided = { until: 0 };
  const isDecided = (name) => {
    const of = name.match(/^st-key-press-[1-4](-of-case-\d+)$/)?.[1];
    const isSecond = of && of === decided.of && decided.until > Date.now();
    if (of && !isSecond) decided = { of, until: Date.now() + DECIDING };
    return isSecond;
  };

  // The fields of a form that was drawn just now are sent as empty ones until each shows what it holds, the age last;
  // while one does not, nothing is sent.
  const whenFilled = (act, until) => {
    if (isFilled()) act();
    else if (Date.now() < until) requestAnimationFrame(() => whenFilled(act, until));
  };
  const isFilled = () => {
    const filled = find('[data-filled]')?.dataset.filled.match(/\w+/g) ?? [];
    const fields = filled.map((name) => `[class*="st-key-${name}-of-case-"] :is(input, textarea)`);
    if (!fields.length) return true;
    return [...document.querySelectorAll(fields)].every((field) => field.value !== '' || isEmptied(field));
  };
  const emptied = new Set();
  const fieldName = (field) => field.closest('[class*="-of-case-"]')?.className.match(/[a-z_]+-of-case-\d+/)?.[0];
  const isEmptied = (field) => emptied.has(fieldName(field));
  const onInput = ({ target }) => emptied[target.value === '' ? 'add' : 'delete'](fieldName(target));

  const onClick = (event) => {
    noteLeaving(event.target);
    const box = event.target.closest?.('[class*="st-key-press-"]');
    if (!box) return;
    const [, key] = box.className.match(/st-key-press-([a-z0-9]+)-/);
    const done = want(key, box) || (key in STEPS && step(STEPS[key]));
    if (done) event.stopImmediatePropagation();
  };

  const leaveField = (event) => {
    if (isCovered() || !event.target.closest('[data-testid="stForm"]')) return;
    leave(event.target);
    event.stopImmediatePropagation();
  };

  const leave = (field) => {
    field.blur();
    focus(heading());
  };

  // A field whose key was pressed: from then on what is typed is typed into it, though it may take a moment to be
  // there, and to show what it holds. Nothing that was typed is let go of while its case is open, or known to open.
  let wanted;
  const findField = (name) => find(`.st-key-${name} :is(input, textarea)`);
  const areNamesHidden = () => new URLSearchParams(location.search).get('hide') === 'names';

  // The case that is opening, by the cursor or as the panel says, which is locked then.
  const numberAhead = () => {
    const listed = findListed();
    const isOnTheWay = isAhead(listed) && ahead.place !== listed.place;
    return isOnTheWay ? listed.rows.split(' ')[ahead.place] : find('[data-opening-case]')?.dataset.openingCase;
  };

  // A case that is being left for one that only the server knows: a key behind that is meant for the next one.
  const LEAVING = '[class*="-s-of-case-"], [class*="-b-of-case-"], [class*="st-key-save-and-next-"]';
  const LONGEST = 20000; // ms that the server may take, while it says that it is at it
  let left = { at: 0 };
  const isBusy = () => find('[data-testid="stApp"]')?.dataset.testScriptState !== 'notRunning';
  const isLeaving = () => left.number === numberInBanner() && Date.now() < left.at + (isBusy() ? LONGEST : AHEAD);
  const noteLeaving = (target) => {
    const decides = target.closest?.('[class*="st-key-press-"]')?.className.match(/st-key-press-[1-4]-of-case-/);
    if (decides || target.closest?.(LEAVING)) left = { number: numberInBanner(), at: Date.now() };
  };

  // Whether nothing has to be asked of the server: the field is there, or comes with its case.
  const want = (key, button) => {
    if (!(key in FIELDS) || (!button && key !== 'n')) return false;
    if (isLeaving()) return expect({ key });
    const next = numberAhead();
    const number = next ?? numberInBanner();
    if (!number) return false;
    const name = nameField(key, number);
    const isComing = !!findField(name) || (!!next && key === 'n');
    const isAsked = areNamesHidden() || !!button?.closest('form, [data-testid="stForm"]');
    if (wanted?.name !== name && (isComing || isAsked)) expect({ key, number, name, isAsked: true });
    return isComing;
  };
  const nameField = (key, number) => `${FIELDS[key]}-of-case-${number}`;

  // With names hidden no field comes, and what is typed for it is no command either.
  const expect = (field) => {
    const isHidden = areNamesHidden();
    const until = Date.now() + (isHidden ? PAUSE : AHEAD);
    wanted = { typed: '', typedAt: 0, isLeaving: isHidden, until, ...field };
    give(wanted);
    return true;
  };

  const hold = ({ key = '', repeat, ctrlKey, metaKey, altKey }) => {
    const isLetter = [...key].length === 1;
    // With Alt, and on some keyboards Ctrl as well, one types what has no key of its own.
    if (metaKey || (ctrlKey && !altKey) || !(isLetter || ['Backspace', 'Enter', 'Escape'].includes(key))) return false;
    if (key === 'Enter' && !wanted.typed) return false;
    wanted.typedAt = Date.now();
    if (key === 'Escape') wanted.isLeaving = true;
    if (wanted.isLeaving || (repeat && !wanted.typed)) return true;
    if (key === 'Backspace') wanted.typed = [...wanted.typed].slice(0, -1).join('');
    else if (isLetter) wanted.typed += key;
    else if (wanted.key === 'n') wanted.typed += '\n';
    return true;
  };

  const give = (field) => {
    if (field !== wanted) return;
    const shown = numberAhead() ?? numberInBanner();
    if (!field.number && shown && !isLeaving()) {
      Object.assign(field, { number: shown, name: nameField(field.key, shown) });
    }
    if (!field.isAsked && field.number && findButton(field.key)) {
      field.isAsked = true;
      press(field.key);
    }
    const isLeft = field.number && shown && shown !== field.number;
    const isUseless = !field.typed || field.isLeaving || !field.number;
    const isInVain = isUseless && !isLeaving() && Date.now() > field.until;
    // What somebody goes on typing is no command to the next case.
    const isOver = (isLeft || isInVain) && Date.now() > field.typedAt + PAUSE;
    const isElsewhere = isTyping(document.activeElement) && document.activeElement !== findField(field.name);
    const isReady = field.number && numberInBanner() === field.number && isFilled() && !isElsewhere;
    if (isOver || (isReady && type(field))) wanted = undefined;
    else requestAnimationFrame(() => give(field));
  };

  const type = ({ name, typed, isLeaving }) => {
    const input = findField(name);
    input?.focus();
    if (!input || document.activeElement !== input) return false;
    input.setSelectionRange(input.value.length, input.value.length);
    if (typed) document.execCommand('insertText', false, typed);
    if (isLeaving) leave(input);
    return true;
  };

  // From case to case

  let ahead = { until: 0 };
  let waiting = 0;
  let waitsUntil = 0;

  const move = (by) => {
    if (step(by)) return true;
    waiting = by;
    waitsUntil = Date.now() + AHEAD;
    return turn();
  };

  // The server goes on from the case that it has open, so not before that is the one that the cursor is at.
  const turn = () => {
    const listed = findListed();
    if (!waiting || (isAhead(listed) && ahead.place !== listed.place)) return !!waiting;
    const key = waiting > 0 ? 'j' : 'k';
    // The button is the open case's, and that may be locked yet.
    if (!findButton(key) && waitsUntil > Date.now()) return true;
    waiting = ahead.until = 0;
    return press(key);
  };

  const isAhead = (listed) => listed && ahead.until > Date.now() && ahead.rows === listed.rows;

  // Past the ends of a page, and where there is no table, the server goes on.
  const step = (by) => {
    const canvas = find(CANVAS);
    const listed = findListed();
    if (!canvas || !listed) return false;
    const from = isAhead(listed) ? ahead.place : listed.place;
    const place = from < 0 ? 0 : from + by;
    if (place < 0 || place >= listed.count) return false;
    if (from < 0) canvas.focus();
    else tell(canvas, by);
    ahead = { place, rows: listed.rows, until: Date.now() + AHEAD };
    return true;
  };

  const tell = (canvas, by) => {
    const key = by > 0 ? 'ArrowDown' : 'ArrowUp';
    canvas.dispatchEvent(new KeyboardEvent('keydown', { key, code: key, bubbles: true, cancelable: true }));
  };

  // The table forgets what its cursor is told while it knows of a mouse beside it: it hears of one at its head.
  let isAtHead = false;
  const onMove = (event) => {
    const canvas = find(CANVAS);
    const isHeard = !canvas || event.buttons || event.target.closest?.(TABLE);
    if (!isHeard) event.stopPropagation();
    if (!isHeard && !isAtHead) hoverHead(canvas);
    isAtHead = !isHeard;
  };
  const hoverHead = (canvas) => {
    const { left, top } = canvas.getBoundingClientRect();
    const at = { clientX: left + 9, clientY: top + 9, pointerType: 'mouse', bubbles: true };
    canvas.dispatchEvent(new PointerEvent('pointermove', at));
  };

  // Where the keyboard is: on the table after the sign-in, on a case that was chosen, never away from what is typed

  let wishesForm = false;
  let isGranted = false;
  let shown;
  let table;
  const scrolled = new Map();
  const heading = () => find('.st-key-open-case h2');
  const focus = (element) => {
    if (!element) return;
    element.tabIndex = -1;
    element.focus({ preventScroll: true });
  };

  const onDraw = () => {
    const drawn = find('[class*="st-key-banner-of-case-"]');
    if (waiting) turn();
    if (drawn && (drawn !== shown || isGranted)) follow();
    shown = drawn;
    const now = find(`${TABLE} .dvn-scroller`);
    if (now !== table && now) welcome(now);
    table = now;
  };

  const wish = (forForm) => {
    wishesForm = forForm;
    isGranted = false;
  };

  // As long as nothing else is pressed, because a case is locked, or its name drawn again, just when it opens.
  const follow = () => {
    const at = document.activeElement;
    isGranted ||= wishesForm;
    wishesForm = false;
    if (at === document.body || (isGranted && at.closest(TABLE))) focus(heading());
  };

  // A table takes the keyboard some time after it was clicked on, and the case may be there by then.
  const onFocus = (event) => isGranted && event.target.closest(TABLE) && focus(heading());

  // A table that was there before is scrolled to where it was; its class is a fingerprint of its rows.
  const welcome = (scroller) => {
    const id = scroller.closest('[class*="st-key-worklist-"]')?.className.match(/st-key-worklist-\w+/)[0];
    const top = scrolled.get(id);
    scroller.addEventListener('scroll', () => scrolled.set(id, scroller.scrollTop), { passive: true });
    if (top) scrollTo(scroller, top, FRAMES);
    if (document.activeElement === document.body && !asksForCase()) focus(scroller.closest(TABLE));
  };

  // The table may be drawn long before the case that the address names.
  const asksForCase = () => new URLSearchParams(location.search).has('case_id');

  // Not before its rows have made it high enough.
  const scrollTo = (scroller, top, tries) => {
    scroller.scrollTop = top;
    if (scroller.scrollTop < top - 1 && tries) requestAnimationFrame(() => scrollTo(scroller, top, tries - 1));
  };

  const onPoint = (event) => {
    wish(!!event.target.closest?.(TABLE));
    if (!wanted?.typed) wanted = undefined;
    waiting = ahead.until = 0;
  };

  document.addEventListener('keydown', onKey, { capture: true });
  document.addEventListener('input', onInput, { capture: true });
  document.addEventListener('click', onClick, { capture: true });
  // Everything but the table, which listens at the document, hears of every move before the body does.
  document.body.addEventListener('pointermove', onMove, { passive: true });
  // A menu closes at a click beside it, which the document hears of; that a script presses a button is none.
  const onPress = (event) => !event.isTrusted && event.target.closest('button') && event.stopPropagation();
  document.body.addEventListener('click', onPress);
  document.addEventListener('focusin', onFocus, { capture: true });
  document.addEventListener('pointerdown', onPoint, { capture: true, passive: true });
  const changes = { childList: true, subtree: true, attributes: true, attributeFilter: ['inert'] };
  new MutationObserver(onDraw).observe(document.body, changes);
})();
