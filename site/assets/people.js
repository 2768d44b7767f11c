// Search as one types, and the address of a page on the clipboard.
(() => {
  const find = document.getElementById('find');
  if (!find) return;
  find.parentElement.hidden = false;
  const plain = (text) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const rows = [...document.querySelectorAll('#people tbody tr')]
    .map((row) => [row, plain(row.cells[0].textContent + ' ' + row.cells[1].textContent)]);
  const count = document.getElementById('count');
  const all = count.textContent;
  find.addEventListener('input', () => {
    const words = plain(find.value).split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const [row, text] of rows) {
      row.hidden = !words.every((word) => text.includes(word));
      shown += !row.hidden;
    }
    count.textContent = !words.length ? all : shown ? `${shown} / ${rows.length}` : count.dataset.none;
  });
  document.getElementById('people').addEventListener('click', ({ target }) => {
    if (!target.dataset.copy) return;
    navigator.clipboard.writeText(new URL(target.dataset.copy, location).href).then(() => {
      target.textContent = target.dataset.copied;
    });
  });
  for (const button of document.querySelectorAll('[data-copy]')) button.hidden = !navigator.clipboard;
})();
