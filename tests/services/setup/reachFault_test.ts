import { strict as assert } from "node:assert";
import { reachFault } from "../../../src/services/setup/reach/reachFault.ts";
import { PrivateAddressError } from "../../../src/utils/http/guardedFetch.ts";

const url = new URL("https://certificates.dns.example");

function failed(words: string): Error {
  const cause = new Error(`error sending request for url (${url.href}): ${words}`);
  return new TypeError(`error sending request for url (${url.href})`, { cause });
}

const CONNECT = "client error (Connect)";
const LOOKUP = `${CONNECT}: dns error: failed to lookup address information`;

const cases: readonly (readonly [error: Error, code: string])[] = [
  [new PrivateAddressError("certificates.dns.example"), "service_address_private"],
  [failed(`${LOOKUP}: Name or service not known`), "service_name_unknown"],
  [failed(`${LOOKUP}: Temporary failure in name resolution`), "service_not_answering"],
  [failed(`${CONNECT}: invalid peer certificate: UnknownIssuer`), "service_certificate"],
  [failed(`${CONNECT}: tcp connect error: Connection refused`), "service_not_answering"],
  [new DOMException("The signal has been aborted", "TimeoutError"), "service_not_answering"],
];

for (const [error, code] of cases) {
  const { message } = error.cause instanceof Error ? error.cause : error;
  Deno.test(`a service that fails with "${message.slice(-40)}" is told as ${code}`, () => {
    const finding = reachFault({ place: "find_order (desk.md)", url }, error);
    assert.equal(finding.code, code);
    assert.equal(finding.state, "broken");
    assert.equal(finding.values?.["host"], "certificates.dns.example:443");
  });
}
