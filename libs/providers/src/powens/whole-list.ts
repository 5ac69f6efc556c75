import { asList, asRecord, asText } from '../json-fields.js';
import { unreadable } from './read-answers.js';

/**
 * All items of a list of accounts or connections. Powens pages them by offset and does not document how many it shows unasked:
 * whoever read the first page only would take the others for gone. More is asked for only where `total` tells of it; what that
 * counts is not documented either, so a page that brings nothing new is the end. `get` gets what is to be added to the query.
 */
export const wholeList = async (
  name: 'accounts' | 'connections',
  get: (more: string) => Promise<unknown>,
): Promise<readonly unknown[]> => {
  const items = new Map<string, unknown>();
  for (let more = ''; ; more = `&offset=${items.size}`) {
    const answer = asRecord(await get(more));
    const list = asList(answer?.[name]);
    if (!list) throw unreadable(`a list of ${name} that is none`);
    const before = items.size;
    for (const item of list) {
      const id = asText(asRecord(item)?.['id']);
      if (id === null) throw unreadable(`a list of ${name} with one that has no id`);
      items.set(id, item);
    }
    const total = Number(asText(answer?.['total']) ?? Number.NaN);
    if (items.size === before || !(items.size < total)) return [...items.values()];
  }
};
