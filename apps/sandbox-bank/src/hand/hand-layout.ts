import { Html, html } from '../webview/html.js';

const STYLE = `
:root{color-scheme:light dark;--ink:#14213d;--soft:#5b6478;--line:#c9d0de;--ground:#f3f5fa;--paper:#fff;--accent:#2547d0;--wrong:#b3261e}
@media (prefers-color-scheme:dark){:root{--ink:#eef1f8;--soft:#a3adc2;--line:#3d465c;--ground:#10151f;--paper:#1b2233;--accent:#9db1ff;--wrong:#ff8a80}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
main{max-width:62rem;margin:0 auto;padding:2rem 1rem}
h1{margin:0}h2{margin:0 0 .5rem}h3{margin:0;font-size:1rem}
section{background:var(--paper);border:1px solid var(--line);border-radius:12px;padding:1rem 1.25rem;margin:1rem 0}
article{border-top:1px solid var(--line);padding:.75rem 0}
p{margin:.25rem 0 .5rem}ul{margin:.25rem 0;padding-left:1.25rem}
code{font-family:ui-monospace,monospace;font-size:.85em}
.row,form{display:flex;flex-wrap:wrap;gap:.5rem;align-items:center}li form{display:inline-flex}
.said{border-left:4px solid var(--accent);padding:.5rem .75rem;background:var(--paper);box-shadow:0 2px 12px #0003;position:sticky;top:.5rem;z-index:1;max-height:9rem;overflow:auto}
.said p{white-space:pre-line;margin:0}
nav{margin-bottom:1rem;display:flex;flex-wrap:wrap;gap:.25rem 1rem}a{color:var(--accent)}
[role=alert].said{border-color:var(--wrong)}
h2,h3{scroll-margin-top:10.5rem}td:first-child{white-space:nowrap}label{max-width:100%}
table{margin-top:.5rem;border-collapse:collapse;font-size:.9rem}caption{text-align:left;font-weight:600}
th,td{text-align:left;padding:.1rem 1rem .1rem 0}.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
summary{cursor:pointer;font-weight:600}.wide{flex-basis:100%}
textarea{display:block;width:100%;font-family:ui-monospace,monospace;font-size:.85rem}
input,select,button,textarea{font:inherit;color:inherit;background:var(--ground);border:1px solid var(--line);border-radius:8px;padding:.3rem .6rem}
input,select{max-width:16rem}input[inputmode]{width:6rem}
button{cursor:pointer;font-weight:600}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}`;

/** The page's frame. */
export const handLayout = (content: Html): string =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width,initial-scale=1" />
        <meta name="referrer" content="same-origin" />
        <title>Sandbox bank</title>
        ${new Html(`<style>${STYLE}</style>`)}
      </head>
      <body>
        <main>${content}</main>
      </body>
    </html>`.markup;
