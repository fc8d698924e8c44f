// Keeps what is typed about the open case as a draft on the server, while it is typed; never in the browser.
//
// An element with data-draft-form tells what the form on the page is about; a script beside it passes it on, whenever
// it changes. This one runs before there is any, because the fields are drawn first, and somebody may type at once.
// A form is known by its opening. What a person does in a field is read, never what the server writes into it.
(() => {
  const SOON = 1000; // ms from the first key that is not kept yet to its request
  const SLOW = 3000; // ms without an answer after which the page says so
  const GIVE_UP = 20000; // ms after which a request counts as failed
  const LONGEST_PAUSE = 15000; // ms between two tries
  const REFILLED = [100, 400, 1500]; // ms behind the drawing of a form at which its fields are looked at
  const RECENT = 10000; // ms within which a page may still be drawn without what was kept last
  const LEAVING_LIMIT = 60000; // bytes: a request may carry 64 KiB in all while its page is left
  const IN_A_FIELD = /st-key-([a-z_]+)-of-case-(\d+)(?!\d)/;
  const KEPT = 'What you type is kept.';
  const PROBLEMS = {
    0: 'Not kept yet: no answer from the server. Trying again…',
    400: 'Not kept: the server does not accept it.',
    401: 'Not kept: your session has ended. Sign in again, and it is kept.',
    404: 'Not kept: this case is not found any more.',
    412: 'Not kept: a newer draft of this case was kept in another window or device',
    413: 'Not kept: it is too long. Shorten it, or save it.',
  };

  const start = () => {
    const forms = new Map();
    let current, sending, timer, told;
    let early; // what was typed into before this script heard of its form

    // What is typed

    const findBox = (field, caseId) => document.querySelector(`.st-key-${field}-of-case-${caseId}`);

    const read = (box) => {
      const input = box.querySelector('input, textarea');
      if (radios(box).length) return box.querySelector('[aria-checked="true"]')?.textContent.trim().toLowerCase();
      if (input?.type !== 'number') return input?.value;
      if (input.validity.badInput) return 'no number';
      return input.value === '' ? null : Number(input.value);
    };
    const radios = (box) => [...box.querySelectorAll('[role="radio"]')];

    // A line is stored without the blanks around it.
    const plain = (box, value) => {
      if (typeof value !== 'string') return value;
      return box.querySelector('textarea') ? value.replace(/\r\n?/g, '\n') : value.trim();
    };

    const note = (field, caseId) => {
      const form = forms.get(current);
      if (form?.caseId !== caseId) early = [field, caseId];
      const box = findBox(field, caseId);
      const value = form?.caseId === caseId && field in form.saved && box ? read(box) : undefined;
      if (value === undefined) return;
      const before = wanted(form);
      delete form.typed[field];
      if (plain(box, value) !== plain(box, form.saved[field])) form.typed[field] = value;
      if (wanted(form) === before) return;
      form.touched = true;
      if (!form.tries) form.dueAt = Math.min(form.dueAt, Date.now() + SOON);
      proceed();
    };

    const watch = (event) => {
      const found = event.target.closest?.('[class*="-of-case-"]')?.className.match(IN_A_FIELD);
      if (!found) return;
      const [, field, caseId] = found;
      if (event.type === 'input') note(field, Number(caseId));
      // Buttons in a field write its value after their own event.
      else setTimeout(() => note(field, Number(caseId)), 100);
    };

    // What is kept

    const key = (base, changes) =>
      Object.keys(changes).length ? JSON.stringify([base, Object.entries(changes).sort()]) : '';
    const wanted = (form) => key(form.base, form.typed);
    const isUnsent = (form) => form.touched && wanted(form) !== form.kept;
    const isRefused = (form) => form.refused !== undefined && form.refused === wanted(form);
    const isRecent = (form) => form.settledAt > Date.now() - RECENT;
    const isWaiting = (form) => isUnsent(form) && !isRefused(form);
    const newest = (one, other) => ((one ?? '') > (other ?? '') ? one : other) || null;
    const time = (version) => new Date(JSON.parse(version)).toTimeString().slice(0, 5);

    const write = (form, isLeaving = false) => ({
      wanted: wanted(form),
      text: JSON.stringify({
        form: form.id,
        turn: (form.turn += 1),
        case_id: form.caseId,
        base: form.base,
        changes: form.typed,
        seen: form.version,
        is_leaving: isLeaving,
      }),
    });

    const send = (body, options) =>
      fetch('/session/draft', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body, ...options });

    const keep = async (form) => {
      sending = form;
      form.dueAt = Infinity;
      // What may have arrived, though its answer did not, is sent again as it was: that can be no conflict.
      form.sent ??= write(form);
      const slow = setTimeout(() => fail(form, 0), SLOW);
      try {
        const answer = await send(form.sent.text, { signal: AbortSignal.timeout(GIVE_UP) });
        await settle(form, answer);
      } catch {
        fail(form, 0);
      }
      clearTimeout(slow);
      sending = undefined;
      proceed();
    };

    const settle = async (form, answer) => {
      // Too busy, failed, or somebody else's answer: whether it arrived is not known.
      if (answer.status !== 200 && !(answer.status in PROBLEMS)) return fail(form, 0);
      const sent = form.sent;
      form.sent = undefined;
      if (answer.status !== 200) {
        if ([400, 404, 413].includes(answer.status)) form.refused = sent.wanted;
        return fail(form, answer.status, answer.headers.get('etag'));
      }
      const { version, unkept } = await answer.json();
      if (!version !== !form.version) markList();
      form.version = version;
      form.tries = 0;
      form.problem = unkept.length && `Not kept: ${unkept.map(label).join(', ')}. Correct it, and it is kept.`;
      if (unkept.length) form.refused = sent.wanted;
      else form.kept = sent.wanted;
      form.settledAt = Date.now();
      if (isUnsent(form) && form.dueAt === Infinity) form.dueAt = 0;
    };

    const fail = (form, status, stored) => {
      form.problem = PROBLEMS[status];
      form.stands = status === 412;
      if (form.stands) form.problem += stored ? ` at ${time(stored)}.` : '.';
      form.tries += 1;
      form.dueAt = Date.now() + Math.min(LONGEST_PAUSE, 500 * 2 ** form.tries);
      show();
    };

    const markList = () => document.querySelector('.st-key-draft-marks button')?.click();
    const label = (field) => field[0].toUpperCase() + field.slice(1).replace('_', ' ');

    const proceed = () => {
      for (const form of forms.values()) {
        const isOver = form.opening !== current && form !== sending && !isUnsent(form) && !isRecent(form);
        if (isOver) forms.delete(form.opening);
      }
      show();
      clearTimeout(timer);
      const waiting = [...forms.values()].filter(isWaiting);
      if (sending || !waiting.length) return;
      const next = waiting.reduce((one, other) => (other.dueAt < one.dueAt ? other : one));
      timer = setTimeout(() => keep(next), Math.max(0, next.dueAt - Date.now()));
    };

    const hurry = () => {
      for (const form of forms.values()) if (isUnsent(form)) form.dueAt = 0;
      proceed();
    };

    // What the page says

    const show = () => {
      const keeper = document.querySelector('[data-draft-form]');
      const form = keeper && forms.get(current);
      const bad = [form, ...forms.values()].find((each) => each?.problem && isUnsent(each));
      const banner = findBanner(bad);
      if (keeper && banner) banner.textContent = '';
      const place = keeper?.querySelector('[data-draft-shown]') ?? banner;
      if (!place) return;
      const good = form && wanted(form) ? tellKept(form) : '';
      const text = bad ? `${bad === form ? '' : `Case ${bad.caseId}: `}${bad.problem}` : good;
      if (place.textContent !== text) place.textContent = text;
      place.dataset.problem = bad ? 'yes' : 'no';
      document.body.dataset.draft = bad && bad === form && bad.stands ? 'stands' : '';
      announce(keeper?.querySelector('[data-draft-told]'), bad ? text : good.startsWith('kept') ? KEPT : told);
    };

    const tellKept = (form) => (isUnsent(form) ? 'keeping…' : form.version ? `kept ${time(form.version)}` : '');

    // Those who listen hear what changes for them: that it is kept at all, and that it is not; never each time of day.
    const announce = (place, text) => {
      if (place && text !== told) place.textContent = told = text;
    };

    const findBanner = (bad) => {
      const banner = document.querySelector('.case-desk-draft-banner');
      if (banner || !bad) return banner;
      const made = document.createElement('div');
      made.className = 'case-desk-draft-banner';
      made.setAttribute('role', 'status');
      return document.body.appendChild(made);
    };

    // When a page is left: nobody hears of a newer draft any more, so the server keeps both in one.

    const leave = () => {
      for (const form of forms.values()) {
        if (!isUnsent(form)) continue;
        const { text } = write(form, true);
        send(text, { keepalive: LEAVING_LIMIT > size(text) }).catch(() => {});
      }
    };
    const size = (text) => new Blob([text]).size;
    const wouldBeLost = (form) => isUnsent(form) && (form.problem || size(JSON.stringify(form.typed)) > LEAVING_LIMIT);

    for (const kind of ['input', 'click', 'keyup']) document.addEventListener(kind, watch, { capture: true });
    document.addEventListener('focusout', hurry);
    document.addEventListener('visibilitychange', hurry);
    addEventListener('online', hurry);
    addEventListener('pagehide', leave);
    addEventListener('beforeunload', (event) => [...forms.values()].some(wouldBeLost) && event.preventDefault());

    // What the form on the page is about

    const decode = (text) => {
      const bytes = Uint8Array.from(atob(text), (byte) => byte.charCodeAt());
      return JSON.parse(new TextDecoder().decode(bytes));
    };

    const takeOver = (form, { filled, seen, decisions }) => {
      Object.assign(form, { typed: filled, decisions, problem: '', tries: 0 });
      if (!seen || newest(seen.version, form.version) === form.version) return;
      form.version = seen.version;
      form.kept = key(seen.base, seen.changes);
    };

    // Signed in again: what could not be kept before is, before the page loads again; another clinician's is let go.
    const finish = async () => {
      hurry();
      const until = Date.now() + SLOW;
      while (until > Date.now() && [...forms.values()].some(isWaiting)) await pause(50);
      for (const form of forms.values()) if (form.problem === PROBLEMS[404]) forms.delete(form.opening);
    };
    const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

    // Opened again within a moment, or by a server that started again, a case may be drawn without what was typed last.
    const findEarlier = ({ caseId, base, seen }) =>
      [...forms.values()].find((form) => {
        if (form.caseId !== caseId || form.base !== base) return false;
        if (isUnsent(form) || form === sending) return true;
        return isRecent(form) && newest(seen?.version, form.version) === form.version;
      });

    const goOn = (form, { filled, saved, decisions }) => {
      forms.delete(form.opening);
      Object.assign(form, { opening: current, decisions, touched: true });
      const holds = (field, changes) => (field in changes ? changes[field] : saved[field]);
      const typed = { ...form.typed };
      const differing = Object.keys(saved).filter((field) => holds(field, typed) !== holds(field, filled));
      // Not before the page has put into the fields what it was told to.
      setTimeout(() => differing.forEach((field) => put(field, form.caseId, holds(field, typed))));
      return form;
    };

    const put = (field, caseId, value) => {
      const box = findBox(field, caseId);
      if (!box) return;
      if (radios(box).length) return radios(box).find(isLabelled(value))?.click();
      const input = box.querySelector('input, textarea');
      Object.getOwnPropertyDescriptor(Object.getPrototypeOf(input), 'value').set.call(input, value ?? '');
      for (const kind of ['input', 'focusout']) input.dispatchEvent(new Event(kind, { bubbles: true }));
    };
    const isLabelled = (value) => (button) => button.textContent.trim().toLowerCase() === value;

    // Drawn anew in the middle of a run, a field may come back without what it holds.
    const refill = (form) => {
      for (const field of form.opening === current ? Object.keys(form.saved) : []) {
        const held = field in form.typed ? form.typed[field] : form.saved[field];
        const box = findBox(field, form.caseId);
        if (box && held && read(box) === '') put(field, form.caseId, held);
      }
    };

    const isSaved = (form, field) => {
      const box = findBox(field, form.caseId);
      return box && plain(box, form.typed[field]) === plain(box, form.saved[field]);
    };

    const begin = ({ caseId, base, ...about }) => {
      const form = { opening: current, id: current, caseId, base, version: null, kept: '', turn: 0, dueAt: Infinity };
      takeOver(form, about);
      return form;
    };

    const open = (data) => {
      const about = decode(data.draftAbout);
      current = data.draftForm;
      if (!forms.has(current)) {
        const earlier = findEarlier(about);
        forms.set(current, earlier ? goOn(earlier, about) : begin(about));
        // The page could be drawn, so the server is there.
        hurry();
      }
      const form = forms.get(current);
      // What was typed in a field that was left out until now is put into it.
      const before = form.saved ?? about.saved;
      const added = Object.keys(form.typed).filter((field) => field in about.saved && !(field in before));
      setTimeout(() => added.forEach((field) => put(field, form.caseId, form.typed[field])));
      form.saved = about.saved;
      if (about.decisions > form.decisions) {
        takeOver(form, about);
        form.touched = true;
        form.dueAt = 0;
      }
      if (form.base !== about.base) {
        // Saved: what is typed is compared with the new version, field by field.
        form.base = about.base;
        form.touched = true;
        for (const field of Object.keys(form.typed)) if (isSaved(form, field)) delete form.typed[field];
        form.dueAt = Date.now() + SOON;
      }
      if (early?.[1] === form.caseId) note(...early);
      early = undefined;
      for (const ms of REFILLED) setTimeout(() => refill(form), ms);
      proceed();
    };

    return { open, finish };
  };

  window.caseDeskDrafts ??= start();
  const place = document.querySelector('[data-draft-form]');
  if (place) window.caseDeskDrafts.open(place.dataset);
})();
