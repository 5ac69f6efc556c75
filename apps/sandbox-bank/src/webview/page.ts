import { Html, html } from './html.js';

const STYLE = `
:root{color-scheme:light dark;--ink:#14213d;--soft:#5b6478;--line:#dfe3ec;--paper:#fff;--ground:#f3f5fa;--accent:#2547d0}
@media (prefers-color-scheme:dark){:root{--ink:#eef1f8;--soft:#a3adc2;--line:#343c50;--paper:#1b2233;--ground:#10151f;--accent:#7d98ff}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,sans-serif;display:grid;min-height:100vh;place-items:start center;padding:4vh 16px;overflow-wrap:anywhere}
main{width:100%;max-width:520px;background:var(--paper);border:1px solid var(--line);border-radius:16px;padding:28px;box-shadow:0 12px 40px #14213d14}
h1{font-size:1.35rem;margin:0 0 4px}p{margin:0 0 18px;color:var(--soft)}
.tag{display:inline-block;font-size:.75rem;letter-spacing:.06em;text-transform:uppercase;color:var(--accent);margin-bottom:10px}
.bank{border:1px solid var(--line);border-radius:12px;margin:0 0 10px;padding:12px 14px}
.bank>label{display:flex;gap:10px;align-items:center;font-weight:600;cursor:pointer}
.dot{width:14px;height:14px;border-radius:50%;flex:none}
.bank fieldset{border:0;min-width:0;margin:10px 0 0;padding:0 0 0 26px}
.bank:has(>label>input:not(:checked)) fieldset{display:none}
.bank fieldset label{display:flex;gap:10px;padding:5px 0;align-items:baseline}
.iban{font-family:ui-monospace,monospace;font-size:.78rem;color:var(--soft)}
.field{display:block;margin:14px 0 0;font-weight:600}
.field input{display:block;width:100%;margin-top:4px;font:inherit;padding:10px 12px;border-radius:10px;border:1px solid var(--line);background:var(--ground);color:inherit}
.alert{border-left:4px solid #c0392b;background:#c0392b1a;color:var(--ink);padding:10px 14px;border-radius:8px;margin:0 0 16px}
.actions{display:flex;gap:10px;margin-top:22px}
button{font:inherit;font-weight:600;padding:11px 18px;border-radius:10px;border:1px solid var(--line);background:transparent;color:inherit;cursor:pointer}
button.main{flex:1;background:var(--accent);border-color:var(--accent);color:#fff}
button:focus-visible,input:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
small{display:block;margin-top:18px;color:var(--soft)}
@media (prefers-color-scheme:dark){button.main{color:#0b1020}}`;

/** One page of the hosted link interface; works without scripts. */
export const page = (title: string, content: Html): string =>
  html`<!doctype html>
    <html lang="fr">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width,initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <title>${title}</title>
        ${new Html(`<style>${STYLE}</style>`)}
      </head>
      <body>
        <main><span class="tag">Banque bac à sable</span>${content}</main>
      </body>
    </html>`.markup;

/** What a person sees when the link itself is wrong; nothing is sent back to anybody. */
export const errorPage = (explanation: string): string =>
  page(
    'Lien invalide',
    html`<h1>Ce lien ne peut pas être utilisé</h1>
      <p>${explanation}</p>
      <small>Revenez à l’application et demandez un nouveau lien.</small>`,
  );
