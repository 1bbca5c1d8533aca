import { createHash } from 'node:crypto';

/** The page's style: no external resource, light and dark by the reader's own setting. Never colour alone: every colour has a word beside it. */
export const style = `
:root {
  color-scheme: light dark;
  --ground: #f6f7f9; --card: #fff; --line: #e1e4ea; --text: #1b2230; --soft: #626c7d; --track: #e9ecf1;
  --good: #1a7f4b; --busy: #2563c9; --warn: #a85d00; --bad: #c42b2b; --quiet: #6b7484;
  --good-bg: #e3f4ea; --busy-bg: #e5eefc; --warn-bg: #fdf0da; --bad-bg: #fde8e8; --quiet-bg: #eceef2;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #10141b; --card: #181e28; --line: #2a3240; --text: #e4e8ef; --soft: #95a0b2; --track: #2a3240;
    --good: #5fd394; --busy: #7fb0ff; --warn: #f0b35a; --bad: #ff8a8a; --quiet: #9aa4b5;
    --good-bg: #14301f; --busy-bg: #172944; --warn-bg: #37280f; --bad-bg: #3d1a1c; --quiet-bg: #262d39;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text); font: 14px/1.45 system-ui, -apple-system, "Segoe UI", sans-serif; }
header { display: flex; flex-wrap: wrap; gap: 6px 14px; align-items: center; padding: 14px 24px; background: var(--card); border-bottom: 1px solid var(--line); }
header h1 { margin: 0 6px 0 0; font-size: 18px; letter-spacing: -0.01em; }
header .right { font-variant-numeric: tabular-nums; margin-left: auto; color: var(--soft); }
main { padding: 18px 24px 40px; max-width: 1560px; margin: 0 auto; }
section { margin: 0 0 24px; }
h2 { font-size: 13px; text-transform: uppercase; letter-spacing: 0.06em; color: var(--soft); margin: 0 0 8px; font-weight: 600; }
h2 small { text-transform: none; letter-spacing: 0; font-weight: 400; font-size: 13px; }
h3 { margin: 0; font-size: 14px; }
a { color: inherit; text-decoration-color: var(--line); text-underline-offset: 2px; }
a:hover { text-decoration-color: currentColor; }
:focus-visible { outline: 2px solid var(--busy); outline-offset: 2px; }
code, .mono { font: 12px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
.soft { color: var(--soft); }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
.tiles { display: flex; flex-wrap: wrap; gap: 10px; }
.tile { padding: 10px 16px; min-width: 112px; text-decoration: none; display: block; }
.tile b { display: block; font-size: 24px; line-height: 1.2; font-variant-numeric: tabular-nums; letter-spacing: -0.02em; }
.tile.lead { min-width: 236px; }
.tile.on { border-color: currentColor; }
.pill { display: inline-block; padding: 1px 8px; border-radius: 99px; font-size: 12px; font-weight: 500; white-space: nowrap; color: var(--quiet); background: var(--quiet-bg); }
.pill.good { color: var(--good); background: var(--good-bg); } .pill.busy { color: var(--busy); background: var(--busy-bg); }
.pill.warn { color: var(--warn); background: var(--warn-bg); } .pill.bad { color: var(--bad); background: var(--bad-bg); }
.pills { display: flex; flex-wrap: wrap; gap: 4px; }
b.good { color: var(--good); } b.busy { color: var(--busy); } b.warn { color: var(--warn); } b.bad { color: var(--bad); } b.quiet { color: var(--quiet); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th { text-align: left; font-weight: 500; color: var(--soft); font-size: 12px; padding: 8px 12px; border-bottom: 1px solid var(--line); white-space: nowrap; }
td { padding: 7px 12px; border-bottom: 1px solid var(--line); vertical-align: top; }
tr:last-child td { border-bottom: 0; }
th.right { text-align: right; }
.log td:first-child { width: 1%; }
td.name { font-weight: 600; white-space: nowrap; }
td.mono { white-space: nowrap; }
td.time { color: var(--soft); white-space: nowrap; text-align: right; font-variant-numeric: tabular-nums; }
td.message { color: var(--soft); min-width: 260px; overflow-wrap: anywhere; }
td .text { color: var(--text); }
.place { display: inline-block; white-space: nowrap; margin-right: 10px; }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 460px), 1fr)); gap: 16px; align-items: start; }
.cells { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 312px), 1fr)); gap: 14px; align-items: start; }
.cell { padding: 12px 14px; }
.cell .head { display: flex; flex-wrap: wrap; align-items: baseline; gap: 4px 8px; }
.cell .head .soft { margin-left: auto; font-size: 12px; }
.group { border-top: 1px solid var(--line); margin-top: 10px; padding-top: 9px; }
.group h3 { font-size: 13px; font-weight: 600; }
.bars { display: grid; grid-template-columns: minmax(112px, max-content) 1fr minmax(84px, auto); gap: 3px 10px; align-items: center; margin-top: 6px; font-size: 12px; }
.bars .number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.bar { width: 100%; height: 7px; display: block; border-radius: 4px; background: var(--track); }
.bar rect { fill: var(--busy); } .bar.warn rect { fill: var(--warn); } .bar.bad rect { fill: var(--bad); }
@media (max-width: 700px) { header, main { padding-left: 12px; padding-right: 12px; } td, th { padding-left: 8px; padding-right: 8px; } .tile.lead { min-width: 100%; } }
.empty { padding: 14px 16px; color: var(--soft); }
.banner { padding: 10px 16px; margin-bottom: 16px; border-left: 4px solid var(--warn); }
form { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; margin-bottom: 8px; }
input, select, button { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: 7px; padding: 4px 9px; }
button { cursor: pointer; }
.stale #updated { color: var(--bad); font-weight: 600; }
`;

/** Replaces what the page shows every few seconds by the server's newest rendering of it, and says so when there is none. */
export const script = `
const every = 3000;
async function refresh() {
  if (document.hidden || document.activeElement?.closest('form')) return;
  try {
    const answer = await fetch(location.href, { headers: { accept: 'text/html' }, cache: 'no-store' });
    if (!answer.ok) throw new Error('status ' + answer.status);
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
    for (const part of ['header', 'main']) document.querySelector(part).replaceWith(fresh.querySelector(part));
    document.title = fresh.title;
    document.body.classList.remove('stale');
  } catch (error) {
    document.body.classList.add('stale');
    document.getElementById('updated').textContent = 'no answer (' + error.message + '): this is old';
  }
}
setInterval(refresh, every);
document.addEventListener('visibilitychange', refresh);
`;

/** Nothing but these very texts and this origin; nobody may frame the page. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  `style-src '${sha256(style)}'`,
  `script-src '${sha256(script)}'`,
  "connect-src 'self'",
  'img-src data:',
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

function sha256(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
