import assert from "node:assert/strict";
import type { CallEnd } from "../../../src/call/types.ts";
import { createStrayCalls } from "../../../src/services/phone/strayCalls.ts";
import { noUsage } from "../../../src/services/store.ts";

Deno.test("a call that is under way at Twilio is ended where its conversation is over, not one that leaves a message or talks with a person", async () => {
  const ends: Readonly<Record<string, CallEnd>> = {
    over: { reason: "agent_hung_up" },
    withPerson: { reason: "server_stopped" },
    alone: { reason: "server_stopped" },
    voicemail: { reason: "outside_hours", detail: "voicemail" },
    refused: { reason: "refused", detail: "call_url" },
    transferred: { reason: "transferred", detail: "desk" },
  };
  const ended: string[] = [];
  let now = 0;
  const strays = createStrayCalls({
    twilio: {
      inProgress: () =>
        Promise.resolve(Object.keys(ends).map((sid) => ({ sid, status: "in-progress" as const }))),
      isDialling: () => Promise.resolve(false),
      end: (sid) => Promise.resolve(void ended.push(sid)),
    },
    conferences: {
      isAccompanied: (room, sid) =>
        Promise.resolve(sid === "withPerson" && room === "transfer-withPerson-2"),
    },
    callStore: {
      transferCount: () => Promise.resolve(2),
      bySid: (sid) =>
        Promise.resolve({
          id: sid,
          direction: "inbound",
          agent: "desk",
          status: "ended",
          startedAt: 0,
          endedAt: 0,
          instanceId: "here",
          usage: noUsage,
          end: ends[sid] ?? assert.fail(),
        }),
    },
    registry: { byCallSid: () => undefined },
    now: () => now,
    log: { warn() {} },
  });
  now = 10 * 60_000;
  await strays.reconcile();
  assert.deepEqual(ended, ["over", "alone"]);
});
