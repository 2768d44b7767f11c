// Copying, the device's own share sheet, and drafts that can be edited. Every link works without.
(() => {
  const encode = (text) => encodeURIComponent(text)
    .replace(/[!'()*]/g, (sign) => '%' + sign.charCodeAt(0).toString(16).toUpperCase());
  const say = (row, done) => {
    const status = row.querySelector('.status');
    status.textContent = done ? status.dataset.done : status.dataset.failed;
  };
  const copy = (row) => {
    const field = row.querySelector('textarea, input');
    const byHand = () => { row.querySelector('details')?.setAttribute('open', ''); field.select(); say(row, false); };
    if (!navigator.clipboard) return byHand();
    navigator.clipboard.writeText(field.value).then(() => say(row, true), byHand);
  };
  for (const row of document.querySelectorAll('.medium')) {
    const link = row.querySelector('a.send');
    const button = row.querySelector('button');
    const field = row.querySelector('textarea');
    if (button?.dataset.copy) {
      button.hidden = false;
      button.addEventListener('click', () => copy(row));
    }
    if (button?.dataset.native && navigator.share) {
      row.hidden = false;
      button.addEventListener('click', () => {
        navigator.share({ text: field.value, url: button.dataset.native }).catch(() => {});
      });
    }
    if (row.dataset.medium === 'linkedin') link.addEventListener('click', () => copy(row));
    if (!field) continue;
    field.readOnly = false;
    if (!link) continue;
    const drafted = link.getAttribute('href');
    const written = (text) => {
      const words = encode(text);
      return drafted.startsWith('mailto:') ? words.replaceAll('%0A', '%0D%0A') : words;
    };
    const original = written(field.defaultValue);
    field.addEventListener('input', () => {
      if (original) link.setAttribute('href', drafted.replace(original, () => written(field.value)));
    });
  }
})();
