import type { ScenarioBook } from '../scenario/scenario-book.js';
import { html, type Html } from '../webview/html.js';
import { button, form } from './hand-form.js';

type Known = ReturnType<ScenarioBook['list']>[number];

const scenario = ({ id, name, played, of }: Known): Html =>
  html`<article aria-labelledby="scenario-${id}">
    <h3 id="scenario-${id}">${name}: ${played} of ${of} played</h3>
    <div class="row">
      ${played < of && form('play', { id }, button('Play the next day'))}
      ${form(
        'link',
        { id },
        html`<label>User <input name="user" inputmode="numeric" required /></label>${button('Link')}`,
      )}
    </div>
  </article>`;

/** `refused`: a scenario that could not be loaded; it stays in its field to be mended. */
export const scenarios = (book: ScenarioBook, refused: string | null): Html => {
  const known = book.list();
  return html`<section aria-labelledby="scenarios">
    <h2 id="scenarios">Scenarios</h2>
    ${known.length === 0 && html`<p>None is loaded.</p>`} ${known.map(scenario)}
    <details ${refused !== null && 'open'}>
      <summary>Load a scenario</summary>
      ${form(
        'load',
        {},
        html`<label class="wide"
            >YAML or JSON
            <textarea name="yaml" rows="12" spellcheck="false" required>${refused ?? ''}</textarea>
          </label>
          <label
            ><input type="checkbox" name="clock" value="keep" /> begin today, and leave the clock as it
            is</label
          >
          ${button('Load')}`,
      )}
    </details>
  </section>`;
};
