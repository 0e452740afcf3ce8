import ipaddr from "ipaddr.js";

/**
 * Whether an IP address is one of the public internet: not private, loopback, link-local (where clouds
 * have their metadata), shared, reserved, multicast, nor one of these within an IPv6 address.
 */
export function isPublicAddress(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.process(address).range() === "unicast";
}
