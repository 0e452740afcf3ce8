import assert from "node:assert/strict";
import type { CallReception } from "../../../src/cli/rehearse/call/callReception.ts";
import { oneCall } from "../../../src/cli/rehearse/call/oneCall.ts";
import type { StreamEnd } from "../../../src/cli/rehearse/call/streamEnd.ts";
import { readScenario } from "../../../src/scenarios/file/readScenario.ts";
import type { ApiFault } from "../../../src/sim/twilio/api/twilioApi.ts";
import { createTwilioCalls } from "../../../src/services/twilioOutbound.ts";
import { ACCOUNT, startTwilio } from "../../support/scenarios/calledNumber.ts";

const CALLED = "+14155550123";
/** Of 40 seconds, and those that Twilio lets it go on beyond them. */
const WHOLE = { minutes: 55 / 60, usd: 0.02 };

interface Course {
  readonly beginsWithinMs?: number;
  readonly createFault?: ApiFault;
  readonly hangUpFault?: ApiFault;
  readonly signal?: AbortSignal;
  /** Called once the carrier has placed the call. */
  readonly onPlaced?: (end: StreamEnd) => void;
}

/** Places a call that nothing reaches but what `onPlaced` does; no request of Twilio comes through. */
async function placed(
  { beginsWithinMs = 60_000, createFault, hangUpFault, signal, onPlaced = () => {} }: Course,
) {
  await using twilio = startTwilio();
  if (createFault !== undefined) twilio.api.failNext(createFault);
  if (hangUpFault !== undefined) twilio.api.failNextUpdate(hangUpFault);
  const read = readScenario(
    "asks",
    "title: Asks\nmax_seconds: 40\ncaller: [silence_ms: 60000]",
    () => new Uint8Array(),
  );
  assert.ok(read.ok, Deno.inspect(read));
  const { scenario } = read;
  const [caller] = scenario.callers;
  assert.ok(caller !== undefined);
  const phone = { ...ACCOUNT, publicUrl: "https://parley.example", apiUrl: twilio.api.url };
  let end: StreamEnd | undefined;
  const reception: CallReception = {
    expect(expected) {
      end = expected;
      const address = "parley.example/rehearse/x";
      return {
        streamUrl: `wss://${address}`,
        statusUrl: `https://${address}/status`,
        forget: () => {},
      };
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const calls = createTwilioCalls(phone, { timeoutMs: 500 });
  const lines: string[] = [];
  const settled: unknown[] = [];
  let isReleased = false;
  const server = oneCall({
    ...{ number: CALLED, usdPerMinute: 0.02, seed: 1, phone, reception, beginsWithinMs },
    calls: {
      ...calls,
      async create(options) {
        const created = await calls.create(options);
        // The answer is read first.
        if (end !== undefined) setTimeout(onPlaced, 0, end);
        return created;
      },
    },
    settle: (spent) => Promise.resolve(void settled.push(spent)),
    print: (line) => lines.push(line),
    release: () => isReleased = true,
  });
  const error: unknown = await server.call?.(scenario, caller, signal).then(
    () => undefined,
    (reason) => reason,
  );
  const cost = await server.cost?.();
  await server[Symbol.asyncDispose]();
  assert.ok(isReleased);
  assert.equal(settled.length, 1);
  const { creates, updates } = twilio.api;
  return { error, cost, spent: settled[0], lines, creates, updates };
}

Deno.test("a call of which nothing is heard counts with all that was reserved", async () => {
  const { error, cost, spent, updates } = await placed({ beginsWithinMs: 300 });
  assert.match(String(error), /no stream came/);
  assert.equal(cost, undefined);
  assert.deepEqual(spent, WHOLE);
  assert.ok(updates.length > 0, "it is hung up all the same");
});

Deno.test("a call that Twilio may have placed counts with all that was reserved", async () => {
  const { error, cost, spent } = await placed({ createFault: { kind: "silent", placed: true } });
  assert.match(String(error), /may or may not have been placed/);
  assert.equal(cost, undefined);
  assert.deepEqual(spent, WHOLE);
});

Deno.test("a call that Twilio refuses is none, and costs nothing", async () => {
  const refused = await placed({
    createFault: { kind: "refused", code: 21215, message: "Not permitted" },
  });
  assert.match(String(refused.error), /Twilio: .*destination/);
  assert.deepEqual([refused.cost?.usd, refused.spent], [0, undefined]);
});

Deno.test("nothing is called where it was interrupted before", async () => {
  const { error, cost, spent, creates } = await placed({ signal: AbortSignal.abort() });
  assert.ok(error instanceof DOMException && error.name === "AbortError");
  assert.deepEqual([creates.length, cost?.usd, spent], [0, 0, undefined]);
});

Deno.test("the carrier's word decides what a call is billed for, within its time limit", async () => {
  for (const status of ["busy", "no-answer", "failed", "canceled"] as const) {
    const { cost, spent } = await placed({ onPlaced: (end) => end.report({ status }) });
    assert.deepEqual([cost?.usd, spent], [0, { minutes: 0, usd: 0 }], status);
  }
  const completed = (durationSeconds?: number) =>
    placed({
      onPlaced: (end) =>
        end.report({
          status: "completed",
          ...durationSeconds !== undefined && { durationSeconds },
        }),
    });
  assert.deepEqual((await completed(30)).spent, { minutes: 0.5, usd: 0.02 });
  assert.deepEqual((await completed(9999)).spent, WHOLE);
  assert.deepEqual((await completed()).spent, WHOLE, "it was answered, nobody knows when");
});

Deno.test("a call that could not be hung up counts with all that was reserved, and is told", async () => {
  const { cost, spent, lines } = await placed({
    hangUpFault: { kind: "unavailable" },
    onPlaced(end) {
      end.report({ status: "in-progress" });
      end.hangUp();
    },
  });
  assert.equal(cost, undefined);
  assert.deepEqual(spent, WHOLE);
  assert.match(lines.join("\n"), /could not be hung up, and may go on .* limit of 55 seconds/);
});
