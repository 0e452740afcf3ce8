import { isIPv4, isIPv6 } from "node:net";

/**
 * The client address that limits apply to.
 *
 * Of `X-Forwarded-For` only the last entry counts, which our own proxy wrote, and only where a
 * proxy is trusted. An IPv6 address is reduced to its /64, which is what one subscriber has.
 */
export function clientAddress(
  remoteAddress: string,
  headers: Headers,
  trustProxy: boolean,
): string {
  const forwarded = trustProxy ? lastOf(headers.get("x-forwarded-for") ?? "") : "";
  return subscriberOf(forwarded) ?? subscriberOf(remoteAddress) ?? remoteAddress;
}

/** The network of an address, for logs and wider limits: the /24 of an IPv4 address, the /48 of an IPv6 one. */
export function maskAddress(address: string): string {
  if (isIPv4(address)) return address.replace(/\.\d+$/, ".0/24");
  const groups = address.split(":", 3);
  return groups.length === 3 ? `${groups.join(":")}::/48` : "unknown";
}

/** The client controls the length of what precedes the last element; empty elements do not count (RFC 9110). */
function lastOf(list: string): string {
  return list.slice(-MAX_READ_CHARS).split(",").map((entry) => entry.trim())
    .findLast((entry) => entry !== "") ?? "";
}

/** Far more than an address with its zone and port. */
const MAX_READ_CHARS = 500;

/** Undefined for what is not an address. */
function subscriberOf(entry: string): string | undefined {
  const address = withoutPort(entry.trim()).replace(/%.*$/, "");
  if (isIPv4(address)) return address;
  if (!isIPv6(address)) return undefined;
  const groups = groupsOf(address);
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) {
    return groups.slice(6).flatMap((group) => [group >> 8, group & 255]).join(".");
  }
  return `${groups.slice(0, 4).map((group) => group.toString(16)).join(":")}::/64`;
}

function withoutPort(entry: string): string {
  const bracketed = /^\[([^\]]*)\](?::\d+)?$/.exec(entry)?.[1];
  return bracketed ?? entry.replace(/^([^:]+):\d+$/, "$1");
}

function groupsOf(address: string): readonly number[] {
  // The URL parser turns every spelling, dotted endings included, into one.
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = "", tail] = canonical.split("::");
  const before = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => "0");
  return [...before, ...zeros, ...after].map((group) => parseInt(group, 16));
}
