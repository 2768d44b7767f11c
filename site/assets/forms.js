// Forms answered in their place, and the one thing that a page counts: that it was on a screen.
// Without any of this each form leads to a page that says the same.
(() => {
  const { token, failed } = document.body.dataset;
  const asked = new URLSearchParams(location.search).get('v') ?? '';
  const medium = /^[\w-]{1,24}$/.test(asked) ? asked : '';
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const ids = new WeakMap(); // one for each form until it is answered: whatever is sent twice counts once
  // Whoever looks at a page they made is no visitor, also when they load it again; nor is it in a copied link.
  const look = location.hash === '#look' || history.state === 'look';
  if (look) history.replaceState('look', '', location.pathname + location.search);

  const prepare = (root) => {
    for (const [name, value] of [['timezone', zone], ['medium', medium]]) {
      for (const field of root.querySelectorAll(`[name=${name}][value=""]`)) field.value = value ?? '';
    }
    for (const button of root.querySelectorAll('[data-plain]')) button.hidden = true;
  };

  const complain = (form, said) => {
    const note = form.querySelector('[role=alert]') ?? form.appendChild(document.createElement('p'));
    note.className = 'problem';
    note.setAttribute('role', 'alert');
    note.textContent = said;
  };

  // The answer's part takes the place of the one around its form, as a section of the page it is now in.
  const put = (part, place, quiet) => {
    const within = place.parentElement.closest('.part');
    const title = part.querySelector('h1');
    const heading = document.createElement(within ? 'h3' : 'h2');
    heading.append(...title.childNodes);
    heading.tabIndex = -1;
    title.replaceWith(heading);
    for (const back of part.querySelectorAll('.back')) {
      if (back.firstElementChild.pathname === location.pathname) back.remove();
    }
    part.id = place.id;
    place.replaceWith(part);
    prepare(part);
    part.dispatchEvent(new CustomEvent('put', { bubbles: true }));
    if (!quiet) heading.focus();
  };

  const send = async (form, button) => {
    const said = new FormData(form);
    if (button?.name) said.set(button.name, button.value);
    if (!ids.has(form)) ids.set(form, crypto.randomUUID?.() ?? '');
    said.set('id', ids.get(form));
    const answer = await fetch(button?.getAttribute('formaction') ?? form.getAttribute('action'), {
      method: 'POST', body: new URLSearchParams(said), headers: { Accept: 'text/html' },
    });
    // its own style is one that this page's policy does not admit
    const text = (await answer.text()).replace(/<style>[^]*?<\/style>/g, '');
    const { body } = new DOMParser().parseFromString(text, 'text/html');
    return { ok: answer.ok, kind: body.className, part: body.querySelector('[data-part]') };
  };

  const ask = async (form, button, quiet = false) => {
    if (form.hasAttribute('aria-busy')) return;
    form.setAttribute('aria-busy', 'true');
    try {
      const { ok, kind, part } = await send(form, button);
      // in its form, what to put right says it all; the rest is for whoever sees the answer alone
      const texts = () => {
        const told = part.querySelectorAll('dd');
        const said = told.length ? told : part.querySelectorAll('h1, .text');
        return [...new Set([...said].map((each) => each.textContent.trim()))];
      };
      const into = kind === 'meeting' ? '#talk' : form.dataset.into;
      const place = (into && document.querySelector(into)) || form.closest('[data-part]');
      if (!ok && kind === 'said') {
        if (!quiet) complain(form, texts().join(' '));
      } else if (quiet && form.dataset.ask && form.dataset.ask !== kind) {
        form.hidden = true; // it would say what the page says already
      } else {
        put(part, place, quiet);
        ids.delete(form);
        form.querySelector('[role=alert]')?.remove();
        if (form.isConnected) form.reset();
      }
    } catch {
      if (!quiet) complain(form, failed);
    } finally {
      form.removeAttribute('aria-busy');
    }
  };

  document.addEventListener('submit', (event) => {
    if (!event.target.getAttribute('action')?.startsWith('/api/')) return;
    event.preventDefault();
    ask(event.target, event.submitter);
  });
  prepare(document);

  // What counts is counted only where nobody minds (globalprivacycontrol.org).
  const tell = (path, said) => {
    if (navigator.globalPrivacyControl) return;
    fetch(path, {
      method: 'POST', keepalive: true, headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ token, ...said }),
    }).catch(() => {});
  };
  const press = ({ target, button }) => {
    const row = button < 2 && target.closest('.send')?.closest('[data-medium]');
    if (row) tell('/api/share', { medium: row.dataset.medium });
  };
  document.addEventListener('click', press);
  document.addEventListener('auxclick', press);

  let soon;
  const appear = () => {
    clearTimeout(soon);
    if (document.visibilityState !== 'visible') return;
    for (const form of document.querySelectorAll('form[data-ask]:not([hidden])')) ask(form, null, true);
    soon = setTimeout(() => {
      document.removeEventListener('visibilitychange', appear);
      tell('/api/visits', { medium, query: location.search.slice(1, 2000), visible: true, look });
    }, 1000);
  };
  document.addEventListener('visibilitychange', appear);
  appear();

  for (const more of document.querySelectorAll('details[data-live]')) {
    more.addEventListener('toggle', () => more.open && ask(more.querySelector('form'), null, true), { once: true });
  }
})();
