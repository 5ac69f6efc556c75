/** Limits of one public message, kept already by the event that it is made of (one event is one message). */
export const MAX_PORTION_ITEMS = 500;
/** Below 512 KiB, with room for the envelope and for the context that every event repeats. */
export const MAX_PORTION_BYTES = 448 * 1024;

const encoder = new TextEncoder();
/** Every character is one byte; that is found out faster than the bytes are counted. */
const ASCII = /^[ -~]*$/;

const bytesOf = (item: unknown): number => {
  const text = JSON.stringify(item);
  return ASCII.test(text) ? text.length : encoder.encode(text).length;
};

/** Cuts a list, in order, into portions of at most 500 items and 448 KiB of JSON; sum of the parts = the whole. */
export const inPortions = <Item>(items: readonly Item[]): readonly (readonly Item[])[] => {
  const portions: Item[][] = [];
  let bytes = 0;
  for (const item of items) {
    const size = bytesOf(item) + 1;
    const last = portions.at(-1);
    if (last && last.length < MAX_PORTION_ITEMS && bytes + size <= MAX_PORTION_BYTES) {
      last.push(item);
      bytes += size;
    } else {
      portions.push([item]);
      bytes = size;
    }
  }
  return portions;
};
