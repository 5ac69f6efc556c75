import ipaddr from 'ipaddr.js';

/** Hextets of an IPv6 address that one customer of a network owns at least: /64. */
const NETWORK_HEXTETS = 4;

/**
 * Whom failures are counted against: an IPv4 address (also when it comes as an IPv6 one), or the /64 of an IPv6 address,
 * within which a single sender has as many addresses as it likes. Anything else counts as what it is.
 */
export const senderKey = (address: string): string => {
  if (!ipaddr.isValid(address)) return address.slice(0, 64);
  const parsed = ipaddr.process(address);
  if (parsed instanceof ipaddr.IPv4) return parsed.toString();
  return `${parsed.parts
    .slice(0, NETWORK_HEXTETS)
    .map((part) => part.toString(16))
    .join(':')}::/64`;
};
