// Has the page look every half minute whether the list has changed since it was read: only while somebody can see it.
(() => {
  if (window.caseDeskFreshness) return;
  window.caseDeskFreshness = true;
  const EVERY = 30000; // ms
  setInterval(() => {
    if (!document.hidden) document.querySelector('.st-key-look-for-changes button')?.click();
  }, EVERY);
})();
