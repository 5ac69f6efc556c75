const MAX_LENGTH = 200;

/**
 * A short excerpt of a foreign text that is safe in errors and logs: one line, no markup, no address (banks put login links into
 * their messages), nothing that is long enough to be a token, a code or an IBAN, and none of the given `secrets`.
 */
export const sanitise = (text: string, secrets: readonly string[] = []): string => {
  const known = secrets.filter((secret) => secret !== '');
  return known
    .reduce((rest, secret) => rest.replaceAll(secret, '[…]'), text.slice(0, 20_000))
    .replaceAll(/<(script|style)\b[\s\S]*?<\/\1>/gi, ' ')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/[a-z][a-z0-9+.-]*:\/\/\S+/gi, '[link]')
    .replaceAll(/[\w+/=.~-]{20,}/g, '[…]')
    .replaceAll(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, MAX_LENGTH);
};
