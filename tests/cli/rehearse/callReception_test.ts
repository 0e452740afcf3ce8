import assert from "node:assert/strict";
import { openReception } from "../../../src/cli/rehearse/call/callReception.ts";
import { StreamEnd } from "../../../src/cli/rehearse/call/streamEnd.ts";
import { createRandom } from "../../../src/sim/twilio/random.ts";
import { signRequest } from "../../../src/sim/twilio/api/signature.ts";
import { freePort } from "../../support/servers/freePort.ts";

const PUBLIC_URL = "https://parley.example";
const AUTH_TOKEN = "5".repeat(32);

Deno.test("a call is billed from the answer on, whenever its stream begins", async () => {
  const port = freePort();
  await using reception = openReception({
    ...{ hostname: "127.0.0.1", port, publicUrl: PUBLIC_URL, authToken: AUTH_TOKEN },
  });
  let now = 0;
  const end = new StreamEnd({
    clock: { now: () => now, at: () => () => {}, wait: () => Promise.resolve() },
    random: createRandom(1),
    line: { lossPercent: 0 },
    keepMs: 1000,
    endCall: () => {},
  });
  const { statusUrl, forget } = reception.expect(end);
  const tell = async (status: string, more: Readonly<Record<string, string>> = {}) => {
    const fields = Object.entries({ CallStatus: status, ...more });
    const answer = await fetch(statusUrl.replace(PUBLIC_URL, `http://127.0.0.1:${port}`), {
      method: "POST",
      headers: { "x-twilio-signature": signRequest(AUTH_TOKEN, statusUrl, fields) },
      body: new URLSearchParams(fields),
    });
    assert.equal(answer.status, 204);
  };
  now = 5000;
  await tell("ringing");
  now = 10_000;
  assert.equal(end.billedMs, undefined, "nobody knows yet");
  await tell("in-progress");
  now = 72_000;
  end.hangUp();
  now = 99_000;
  assert.equal(end.billedMs, 62_000);
  assert.equal(end.talkMs, 0, "no stream came");
  await tell("completed", { CallDuration: "64" });
  assert.equal(end.billedMs, 64_000, "the carrier's own figure, also after the end");
  forget();
});
