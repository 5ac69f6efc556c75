import { Refused, WrongUsage } from '../command.js';

const LOCAL = ['127.0.0.1', 'localhost', '[::1]'];

export interface DoorSituation {
  /** What `--public-url` said. */
  readonly given: string | undefined;
  /** `WEBHOOK_PUBLIC_PATH`: part of what Powens signs, as the door expects it. */
  readonly publicPath: string;
  /** The door on this machine where the sandbox bank is the provider; `null`: a real provider, which needs a public address. */
  readonly localDoor: string | null;
}

const parsed = (text: string): URL => {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isLocal = url?.protocol === 'http:' && LOCAL.includes(url.hostname);
  if (!url || (url.protocol !== 'https:' && !isLocal))
    throw new WrongUsage('--public-url must be an https:// address, such as https://hooks.example.com.');
  if (url.search !== '' || url.hash !== '' || url.username !== '')
    throw new WrongUsage('--public-url must be an address without a user, a query or a fragment.');
  return url;
};

/**
 * Under which address providers reach the door, prefix included: `https://hooks.example.com/bank`.
 * @throws {WrongUsage} an address that is none
 * @throws {Refused} none is known, or its path is not the one that the door would verify
 */
export const publicRoot = ({ given, publicPath, localDoor }: DoorSituation): string => {
  if (given === undefined && localDoor !== null) return localDoor + publicPath;
  if (given === undefined)
    throw new Refused(
      'Say under which address the provider reaches the webhook ingress: --public-url https://hooks.example.com',
    );
  const url = parsed(given);
  const path = url.pathname.replace(/\/+$/, '');
  if (path === '' || path === publicPath) return url.origin + publicPath;
  throw new Refused(
    `The path of --public-url is ${path}, but WEBHOOK_PUBLIC_PATH is ${publicPath === '' ? 'not set' : publicPath}: the webhook ingress would refuse what Powens signs. ` +
      `Set WEBHOOK_PUBLIC_PATH=${path} for the ingress and here, or leave the path out.`,
  );
};
