// Copying, the device's own share sheet, and drafts that can be edited. Every link works without.
(() => {
  const encode = (text) => encodeURIComponent(text)
    .replace(/[!'()*]/g, (sign) => '%' + sign.charCodeAt(0).toString(16).toUpperCase());

  // Asks for the clipboard at once, for a browser grants it only during the press itself.
  const copy = (row) => {
    const field = row.querySelector('textarea, .link');
    const status = row.querySelector('.result');
    const done = () => { status.textContent = status.dataset.done; };
    const byHand = () => {
      row.querySelector('details')?.setAttribute('open', '');
      field.select();
      status.textContent = status.dataset.failed;
    };
    if (navigator.clipboard) navigator.clipboard.writeText(field.value).then(done, byHand);
    else byHand();
  };

  const share = (title, text, url) => navigator.share({ title, text, url }).catch(() => {});

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
    const start = drafted.lastIndexOf('=' + original) + 1;
    if (!original || !start) return;
    const [before, after] = [drafted.slice(0, start), drafted.slice(start + original.length)];
    const update = () => link.setAttribute('href', before + written(field.value) + after);
    field.addEventListener('input', update);
    if (field.value !== field.defaultValue) update(); // the browser kept what was typed before a reload
  };

  const enhance = (row) => {
    const [link, button, field] = ['a.send, a.quiet', 'button[data-copy], button[data-native]', 'textarea']
      .map((part) => row.querySelector(part));
    if (button && 'copy' in button.dataset) {
      button.hidden = false;
      button.addEventListener('click', () => copy(row));
    }
    if (button?.dataset.native && navigator.share) {
      row.hidden = false;
      button.addEventListener('click', () => share(button.dataset.title, field.value, button.dataset.native));
    }
    if (row.dataset.medium === 'linkedin') link.addEventListener('click', () => copy(row));
    if (!field) return;
    const details = row.querySelector('details');
    field.addEventListener('input', () => grow(field));
    details?.addEventListener('toggle', () => grow(field));
    if (!details || details.open) grow(field);
    if (link) follow(field, link);
  };

  for (const row of document.querySelectorAll('.medium')) enhance(row);
  document.addEventListener('put', ({ target }) => {
    for (const row of target.querySelectorAll('.passing')) enhance(row);
  });
})();
