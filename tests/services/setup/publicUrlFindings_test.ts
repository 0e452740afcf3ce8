import { strict as assert } from "node:assert";
import type { Reached } from "../../../src/services/setup/publicUrl/probePublicUrl.ts";
import { probeFindings } from "../../../src/services/setup/publicUrl/publicUrlFindings.ts";

const cases: readonly (readonly [
  signature: Reached["signature"],
  upgrade: Reached["upgrade"],
  says: RegExp,
])[] = [
  ["valid", { is: "accepted" }, /; signatures and WebSockets come through\.$/],
  ["none", { is: "accepted" }, /this server; WebSockets come through\.$/],
  ["valid", { is: "not_tried" }, /; signatures come through\. WebSockets could not be tried/],
  ["none", { is: "not_tried" }, /this server\. WebSockets could not be tried/],
];

for (const [signature, upgrade, says] of cases) {
  Deno.test(`of a public address with signature ${signature} and upgrade ${upgrade.is} no more is told than was seen`, () => {
    const [finding, ...others] = probeFindings(
      { is: "reached", instanceId: "one", signature, hasForwardedFor: true, upgrade },
      { publicUrl: "https://voice.example", instanceId: "one", trustProxy: false },
    );
    assert.deepEqual(others, []);
    assert.equal(finding?.code, "public_url_ok");
    assert.match(finding.text, says);
  });
}
