// The key stands after the # of the address, which no server ever sees: the script asks for the report
// with it, puts its parts in place, and asks again as long as somebody looks.
(() => {
  const place = document.getElementById('report');
  if (!place) return;
  const [news, stale] = ['news', 'stale'].map((id) => document.getElementById(id));
  const put = new Map(); // each part as it came
  let token = '', about = new URLSearchParams(), version = '', pressed = '', latest = 0, soon;
  let stirred = Date.now();

  // After the key, behind a question mark, what the report is about: it can be kept and gone back to.
  const hash = () => location.hash.slice(1).split('?');
  const isPlace = (key) => !key || document.getElementById(key) !== null;
  const read = () => {
    const [key, query] = hash();
    if (isPlace(key)) return false;
    const changed = key !== token || (query ?? '') !== about.toString();
    [token, about] = [key, new URLSearchParams(query ?? '')];
    if (changed) version = '';
    return changed;
  };
  const address = () => `#${token}${about.size ? `?${about}` : ''}`;

  const find = (selector) => (selector ? place.querySelector(selector) : null);
  const named = (element) => {
    if (!element || !place.contains(element)) return '';
    if (element.localName === 'summary') return `#${element.parentElement.id} > summary`;
    if (element.id) return `#${element.id}`;
    const part = element.closest('[data-part]').id;
    return element.name ? `#${part} [name="${element.name}"][value="${CSS.escape(element.value)}"]` : '';
  };

  // Only what has changed is replaced; what has the focus keeps it, and nothing moves on the screen.
  const show = (parts, quiet) => {
    const focused = named(document.activeElement);
    const still = [...place.children].find((part) => part.getBoundingClientRect().bottom > 0);
    const top = still?.getBoundingClientRect().top;
    const coming = new Set(parts.map((part) => part.id));
    for (const old of [...place.children]) if (!coming.has(old.id)) old.remove();
    parts.forEach((part, at) => {
      const old = document.getElementById(part.id);
      const text = part.outerHTML;
      const used = quiet && part.id === 'picks' && old?.contains(document.activeElement);
      const stays = old && (used || put.get(part.id) === text);
      if (!stays) {
        for (const open of old?.querySelectorAll('details[open]') ?? []) {
          part.querySelector(`#${open.id}`)?.setAttribute('open', '');
        }
        old?.replaceWith(part);
        put.set(part.id, text);
        prepare(part);
      }
      const next = place.children[at] ?? null;
      if (next !== (stays ? old : part)) place.insertBefore(stays ? old : part, next);
    });
    if (document.activeElement === document.body) find(focused)?.focus({ preventScroll: true });
    const now = quiet && still?.id && document.getElementById(still.id);
    if (now) scrollBy({ top: now.getBoundingClientRect().top - top, behavior: 'instant' });
  };

  const prepare = (root) => {
    for (const button of root.querySelectorAll('#picks > button, .picks > button')) button.hidden = true;
  };

  const tell = (element, text) => {
    element.hidden = !text;
    if (element.textContent !== text) element.textContent = text;
  };

  const ask = async (quiet) => {
    const number = ++latest;
    const said = new URLSearchParams(about);
    said.set('token', token);
    if (quiet && version) said.set('seen', version);
    let answer, page;
    try {
      answer = await fetch('/api/report', { method: 'POST', body: said, headers: { Accept: 'text/html' } });
      // its own style is one that this page's policy does not admit
      page = (await answer.text()).replace(/<style>[^]*?<\/style>/g, '');
    } catch {
      if (number === latest) tell(stale, place.dataset.failed);
      return;
    }
    if (number !== latest) return; // somebody has asked for something else meanwhile
    if (!answer.ok && answer.status !== 404) {
      tell(stale, place.dataset.failed);
      return;
    }
    tell(stale, '');
    if (answer.status === 204) return;
    const { body } = new DOMParser().parseFromString(page, 'text/html');
    const parts = [...body.querySelectorAll('#report > [data-part]')];
    if (!answer.ok) {
      token = ''; // whatever it opened, it does no longer
      if (!parts.length) tell(stale, place.dataset.expired);
    }
    if (!parts.length) return;
    show(parts, quiet);
    version = find('[data-version]')?.dataset.version ?? '';
    const sentence = find('h1').textContent;
    if (quiet) stirred = Date.now();
    if (news.textContent !== sentence) news.textContent = sentence;
  };

  // What somebody asked for gets the focus: the rows behind a number, later the number again.
  const open = async () => {
    await ask(false);
    const rows = about.get('rows') && find('#rows-part h2');
    if (rows) {
      rows.tabIndex = -1;
      rows.focus();
    } else if (document.activeElement === document.body) {
      (find(pressed) ?? find('h1'))?.focus();
    }
  };

  const settings = (form, submitter) => {
    const said = new URLSearchParams(new FormData(form));
    if (submitter?.name) said.set(submitter.name, submitter.value);
    if (said.get('period') !== 'custom') for (const day of ['from', 'to']) said.delete(day);
    for (const [name, value] of [...said]) if (!value || name === 'token') said.delete(name);
    return said;
  };

  document.addEventListener('submit', (event) => {
    const { target: form, submitter } = event;
    if (form.getAttribute('action') !== '/api/report' || submitter?.name === 'csv') return;
    event.preventDefault();
    if (form.id === 'open') {
      const key = form.elements.token.value.trim();
      [token, about, version] = [key.slice(key.indexOf('#') + 1).split('?')[0], new URLSearchParams(), ''];
    } else {
      if (submitter?.name === 'rows') pressed = named(submitter);
      [token, about, version] = [form.elements.token.value, settings(form, submitter), ''];
    }
    history.pushState(null, '', address());
    open().then(poll);
  });
  document.addEventListener('change', ({ target }) => {
    const { form } = target;
    if (form?.id !== 'picks') return;
    // another way to break it down has other values, and days are asked for only where they are chosen
    if (target.name === 'by' && form.elements.only) form.elements.only.disabled = true;
    form.requestSubmit();
  });
  for (const type of ['popstate', 'hashchange']) {
    addEventListener(type, () => {
      if (isPlace(hash()[0])) {
        if (token) history.replaceState(null, '', address()); // a place on the page took the key's
      } else if (read()) {
        open().then(poll);
      }
    });
  }

  for (const type of ['pointerdown', 'keydown']) addEventListener(type, () => { stirred = Date.now(); });
  const wait = () => (Date.now() - stirred > 600_000 ? 15_000 : 1500);
  const poll = () => {
    clearTimeout(soon);
    if (!token || document.hidden) return;
    soon = setTimeout(async () => {
      await ask(true);
      poll();
    }, wait());
  };
  document.addEventListener('visibilitychange', async () => {
    clearTimeout(soon);
    if (document.hidden || !token) return;
    await ask(true);
    poll();
  });

  if (read()) ask(false).then(poll);
})();
