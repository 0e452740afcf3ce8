import { strict as assert } from "node:assert";
import { faultOf } from "../../../src/services/setup/publicUrl/connectFault.ts";

const cases: readonly (readonly [message: string, fault: ReturnType<typeof faultOf>])[] = [
  [
    "client error (Connect): dns error: failed to lookup address information: Name or service not known",
    {
      is: "not_found",
    },
  ],
  [
    "client error (Connect): dns error: failed to lookup address information: Temporary failure in name resolution",
    { is: "failed" },
  ],
  ["client error (Connect): tcp connect error: Connection refused (os error 111)", {
    is: "refused",
  }],
  ["client error (Connect): invalid peer certificate: Expired", {
    is: "certificate",
    fault: "expired",
  }],
  ["client error (Connect): invalid peer certificate: certificate not valid for name", {
    is: "certificate",
    fault: "other_name",
  }],
  ["client error (Connect): invalid peer certificate: UnknownIssuer", {
    is: "certificate",
    fault: "untrusted",
  }],
  ["client error (SendRequest): connection closed before message completed", { is: "failed" }],
];

for (const [message, fault] of cases) {
  Deno.test(`faultOf() reads "${message.slice(-40)}", whatever the address is called`, () => {
    const cause = new Error(
      `error sending request for url (https://tls-refused.dns.example/): ${message}`,
    );
    assert.deepEqual(faultOf(new TypeError("fetch failed", { cause })), fault);
  });
}

Deno.test("faultOf() tells a server that is silent", () => {
  const error = new DOMException("The signal has been aborted", "TimeoutError");
  assert.deepEqual(faultOf(error), { is: "silent" });
});
