// Shows a new build as soon as there is one; where the content has mistakes, it lists them instead.
// Its own address says which build the page is of.
(async () => {
  const shown = Number(new URL(document.currentScript.src).search.slice(1));
  const missing = document.body.classList.contains('missing');
  const box = document.createElement('aside');
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
      else if (missing && build.warnings.length) say('Nothing stands here. The build says:', ...build.warnings);
      else say();
      seen = build.version;
    } catch {
      await new Promise((done) => setTimeout(done, 1000));
    }
  }
})();
