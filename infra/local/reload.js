// Shows a new build as soon as there is one; where the content has mistakes, it lists them instead.
(async () => {
  let seen = 0;
  const box = document.createElement('aside');
  Object.assign(box.style, {
    position: 'fixed', insetInline: '0', insetBlockEnd: '0', maxBlockSize: '45vh', overflow: 'auto',
    padding: '16px 24px', background: '#3b1210', color: '#fff6ef', font: '15px/1.5 ui-monospace, monospace',
    whiteSpace: 'pre-wrap', zIndex: '9',
  });
  box.setAttribute('role', 'status');
  for (;;) {
    try {
      const build = await (await fetch(`/_version?${seen}`)).json();
      if (build.problems.length) {
        box.textContent = ['Not built yet:', ...build.problems].join('\n');
        document.body.append(box);
      } else if (seen && build.version !== seen) {
        location.reload();
        return;
      } else {
        box.remove();
      }
      seen = build.version;
    } catch {
      await new Promise((done) => setTimeout(done, 1000));
    }
  }
})();
