// Shows a new build as soon as there is one; where the content has mistakes, it lists them instead.
// Its own address says which build the page is of.
(async () => {
  const shown = Number(new URL(document.currentScript.src).search.slice(1));
  const name = document.body.classList.contains('missing') && location.pathname.split('/').at(-2);
  const withheld = (warning) => name && warning.includes(` ${name} is not shown`);
  const box = document.createElement('div');
  Object.assign(box.style, {
    position: 'fixed', insetInline: '0', insetBlockEnd: '0', maxBlockSize: '45vh', overflow: 'auto',
    padding: '16px 24px', background: '#3b1210', color: '#fff6ef', font: '15px/1.5 ui-monospace, monospace',
    whiteSpace: 'pre-wrap', zIndex: '9', direction: 'ltr',
  });
  box.setAttribute('role', 'status');
  box.lang = 'en';
  const say = (...lines) => {
    box.textContent = lines.join('\n');
    if (lines.length) document.body.append(box);
    else box.remove();
  };
  for (let seen = 0; ;) {
    try {
      const build = await (await fetch(`/_version?${seen}`)).json();
      if (build.problems.length) say('Not built yet:', ...build.problems);
      else if (build.version !== shown) return location.reload();
      else say(...build.warnings.filter(withheld));
      seen = build.version;
    } catch {
      await new Promise((done) => setTimeout(done, 1000));
    }
  }
})();
