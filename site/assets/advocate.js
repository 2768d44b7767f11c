// Copying, the device's own share sheet, and drafts that can be edited. Every link works without.
(() => {
  const encode = (text) => encodeURIComponent(text)
    .replace(/[!'()*]/g, (sign) => '%' + sign.charCodeAt(0).toString(16).toUpperCase());

  // Asks for the clipboard at once, for a browser grants it only during the press itself.
  const copy = (row) => {
    const field = row.querySelector('textarea, input');
    const status = row.querySelector('.status');
    const done = () => { status.textContent = status.dataset.done; };
    const byHand = () => {
      row.querySelector('details')?.setAttribute('open', '');
      field.select();
      status.textContent = status.dataset.failed;
    };
    if (navigator.clipboard) navigator.clipboard.writeText(field.value).then(done, byHand);
    else byHand();
  };

  const share = (text, url) => navigator.share({ text, url }).catch(() => {});

  const grow = (field) => {
    field.style.height = 'auto';
    field.style.height = field.scrollHeight + 'px';
  };

  // The drafted words stand in the link as they were encoded; what is written takes their place.
  const follow = (field, link) => {
    const drafted = link.getAttribute('href');
    const written = (text) => {
      const words = encode(text);
      return drafted.startsWith('mailto:') ? words.replaceAll('%0A', '%0D%0A') : words;
    };
    const original = written(field.defaultValue);
    const update = () => link.setAttribute('href', drafted.replace(original, () => written(field.value)));
    if (!original) return;
    field.addEventListener('input', update);
    if (field.value !== field.defaultValue) update(); // the browser kept what was typed before a reload
  };

  for (const row of document.querySelectorAll('.medium')) {
    const [link, button, field] = ['a.send', 'button', 'textarea'].map((part) => row.querySelector(part));
    if (button && 'copy' in button.dataset) {
      button.hidden = false;
      button.addEventListener('click', () => copy(row));
    }
    if (button?.dataset.native && navigator.share) {
      row.hidden = false;
      button.addEventListener('click', () => share(field.value, button.dataset.native));
    }
    if (row.dataset.medium === 'linkedin') link.addEventListener('click', () => copy(row));
    if (!field) continue;
    field.readOnly = false;
    field.addEventListener('input', () => grow(field));
    const details = row.querySelector('details');
    details.addEventListener('toggle', () => grow(field));
    if (details.open) grow(field);
    if (link) follow(field, link);
  }
})();
