/** All that run on the shared engines seal for one log, which one key must open. It guards nothing but made-up tokens. */
export const SHARED_LOG_KEY = `${Buffer.alloc(32, 'shared log').toString('base64url')}=`;
