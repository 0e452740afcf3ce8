import assert from "node:assert/strict";
import fc from "fast-check";
import { clientAddress } from "../../../src/utils/http/clientAddress.ts";

const forwarded = (entries: string) => new Headers({ "x-forwarded-for": entries });

Deno.test("clientAddress() ignores X-Forwarded-For when no proxy is trusted", () => {
  assert.equal(clientAddress("192.0.2.1", forwarded("203.0.113.9"), false), "192.0.2.1");
});

Deno.test("clientAddress() takes the last entry, the trusted proxy's own, and no other", () => {
  const entries = "203.0.113.9, 198.51.100.7";
  assert.equal(clientAddress("10.0.0.1", forwarded(entries), true), "198.51.100.7");
  const headers = forwarded("203.0.113.9");
  headers.append("x-forwarded-for", "198.51.100.8");
  assert.equal(clientAddress("10.0.0.1", headers, true), "198.51.100.8");
});

Deno.test("clientAddress() falls back to the connection when the entry is no address", () => {
  for (const entry of ["", "unknown", "_hidden", "1.2.3", "1.2.3.4.5", "a, ", "[::1", "::g", "%"]) {
    assert.equal(clientAddress("192.0.2.1", forwarded(entry), true), "192.0.2.1", entry);
  }
  assert.equal(clientAddress("192.0.2.1", new Headers(), true), "192.0.2.1");
});

Deno.test("clientAddress() drops ports and zones", () => {
  const none = new Headers();
  assert.equal(clientAddress("192.0.2.1:4711", none, false), "192.0.2.1");
  assert.equal(clientAddress("[2001:db8::1]:4711", none, false), "2001:db8:0:0::/64");
  assert.equal(clientAddress("[2001:db8::1]", none, false), "2001:db8:0:0::/64");
  assert.equal(clientAddress("fe80::1%eth0", none, false), "fe80:0:0:0::/64");
});

Deno.test("clientAddress() counts a whole IPv6 /64 as one, however it is written", () => {
  const none = new Headers();
  for (
    const address of [
      "2001:db8:a:b::1",
      "2001:DB8:A:B:ffff:ffff:ffff:ffff",
      "2001:0db8:000a:000b:1:2:3:4",
      "2001:db8:a:b::192.0.2.1",
    ]
  ) assert.equal(clientAddress(address, none, false), "2001:db8:a:b::/64", address);
  assert.equal(clientAddress("2001:db8:a:c::1", none, false), "2001:db8:a:c::/64");
  assert.equal(clientAddress("::1", none, false), "0:0:0:0::/64");
});

Deno.test("clientAddress() sees the IPv4 address that IPv6 carries", () => {
  const none = new Headers();
  assert.equal(clientAddress("::ffff:192.0.2.1", none, false), "192.0.2.1");
  assert.equal(clientAddress("::FFFF:c000:0201", none, false), "192.0.2.1");
});

Deno.test("clientAddress() gives some address for any header at all", () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.ipV6(), fc.ipV4()), (entry) => {
    const headers = new Headers();
    try {
      headers.set("x-forwarded-for", entry);
    } catch {
      return;
    }
    assert.match(clientAddress("192.0.2.1", headers, true), /^[\d.]+$|^[\da-f:]+::\/64$/);
  }));
});
