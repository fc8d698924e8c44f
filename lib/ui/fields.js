// What the fields of a page must not do: be remembered by the browser, be sent to a spelling service, or be sent at all
// when they hold more than the server takes. And what they must: say that they are wrong, and why.
(() => {
  if (window.caseDeskFields) return;
  window.caseDeskFields = true;

  // Browsers write what stands in fields to disk, to restore it after a crash, unless a field says no.
  const forget = () => {
    const fields = document.querySelectorAll(':is(input, textarea):is(:not([autocomplete]), [autocomplete=""])');
    for (const field of fields) field.autocomplete = 'off';
    for (const field of document.querySelectorAll('textarea, input[type="text"]')) {
      if (field.spellcheck) field.spellcheck = false;
    }
  };

  // The element that says what is wrong names the key of its field.
  const mark = () => {
    const reason = document.querySelector('[data-invalid-field]');
    const invalid = reason && document.querySelector(`.st-key-${reason.dataset.invalidField} :is(input, textarea)`);
    for (const field of document.querySelectorAll('[aria-describedby="why-invalid"]')) {
      if (field === invalid) continue;
      field.removeAttribute('aria-invalid');
      field.removeAttribute('aria-describedby');
    }
    invalid?.setAttribute('aria-invalid', 'true');
    invalid?.setAttribute('aria-describedby', reason.id);
  };

  // Screen readers tell what comes into a place only where they knew the place before.
  const listen = () => {
    const told = ':is(.st-key-save-result, .st-key-many-count, .st-key-many-result)';
    const places = document.querySelectorAll(`${told}:not([role])`);
    for (const place of places) place.setAttribute('role', 'status');
  };

  // A history lies below the fields, what is to be decided above them: opened, each comes into sight, while it grows.
  const revealed = new Map();
  const reveal = (key) => {
    const place = document.querySelector(`.st-key-${key}`);
    if (!place) return revealed.delete(key);
    if (!revealed.has(key)) revealed.set(key, Date.now());
    if (Date.now() - revealed.get(key) < 1000) place.scrollIntoView();
  };

  const look = () => {
    forget();
    mark();
    listen();
    ['timeline', 'clash'].forEach(reveal);
  };
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
  look();

  const say = (text) => {
    const shown = document.querySelector('.case-desk-too-large');
    if (!text) return shown?.remove();
    const place = shown ?? document.body.appendChild(document.createElement('div'));
    place.className = 'case-desk-too-large';
    place.setAttribute('role', 'alert');
    place.textContent = text;
  };

  const send = WebSocket.prototype.send;
  WebSocket.prototype.send = function (data) {
    const most = Number(document.querySelector('[data-most-bytes]')?.dataset.mostBytes);
    const size = data.byteLength ?? data.size ?? data.length;
    if (!(size > most)) {
      say('');
      return send.call(this, data);
    }
    const kilobytes = (bytes) => Math.round(bytes / 1000);
    say(
      `This is too much text to be sent: ${kilobytes(size)} kB, where ${kilobytes(most)} kB is the most. ` +
        'Nothing is saved, and nothing is lost: shorten what you typed, and try again.',
    );
  };
  const style = document.createElement('style');
  style.textContent =
    '.case-desk-too-large { position: fixed; z-index: 1000000; inset: auto 1rem 1rem; margin: auto; max-width: 40rem;' +
    ' padding: 0.75rem 1rem; border-radius: 0.4rem; font: 1rem/1.5 sans-serif; background: #8c1d18; color: #fff }';
  document.head.append(style);
})();
