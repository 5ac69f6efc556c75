import { POWENS_WEBHOOK_EVENTS, powensEventPath } from '#providers';

/** Listening address of each event that Powens is to tell. */
export const powensUrls = (root: string): ReadonlyMap<string, string> =>
  new Map(POWENS_WEBHOOK_EVENTS.map((event) => [event, `${root}/webhooks/powens/${powensEventPath(event)}`]));

/** What a person enters in Powens' console: no call of its API does it. */
export const consoleTable = (urls: ReadonlyMap<string, string>, name: string): readonly string[] => {
  const width = Math.max(...[...urls.keys()].map(({ length }) => length));
  return [
    `In the Powens console, make one webhook for each event, with this address and the authentication "${name}":`,
    '',
    ...[...urls].map(([event, url]) => `  ${event.padEnd(width)}  ${url}`),
    '',
    'Leave compression off, and change no letter of an address: Powens signs its path.',
  ];
};
