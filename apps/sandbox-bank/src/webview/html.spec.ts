import { expect, it } from 'vitest';
import { html } from './html.js';

it('escapes every value of a template, and no markup of its own', () => {
  const hostile = `"><script>alert('1')</script>&`;
  expect(
    html`<b title="${hostile}">${html`<i>${3}</i>`}${[html`<u></u>`, html`<u></u>`]}${null}${false}</b>`
      .markup,
  ).toBe(
    '<b title="&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;"><i>3</i><u></u><u></u></b>',
  );
});
