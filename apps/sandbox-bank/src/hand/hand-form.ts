import { html, type Html } from '../webview/html.js';

/** A form that does `action`; every button of the page is one. */
export const form = (action: string, hidden: Record<string, string | number>, content: Html): Html =>
  html`<form method="post" action="/">
    <input type="hidden" name="action" value="${action}" />
    ${Object.entries(hidden).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`)}${content}
  </form>`;

export const button = (label: string): Html => html`<button>${label}</button>`;

export const options = (values: readonly string[]): Html[] =>
  values.map((value) => html`<option value="${value}">${value}</option>`);

/** As many of each as a person can look through; the control API tells all. */
export const SHOWN = 20;
