// A mail that arrives is in the list a second later.
(() => {
  const list = document.getElementById('mails');
  if (!list) return;
  const count = document.getElementById('count');
  let newest = list.dataset.newest;
  const look = async () => {
    if (document.hidden || await (await fetch('newest')).text() === newest) return;
    const page = new DOMParser().parseFromString(await (await fetch('./')).text(), 'text/html');
    const now = page.getElementById('mails');
    newest = now.dataset.newest;
    list.replaceChildren(...now.childNodes);
    count.textContent = page.getElementById('count').textContent;
  };
  setInterval(() => look().catch(() => {}), 1000);
})();
