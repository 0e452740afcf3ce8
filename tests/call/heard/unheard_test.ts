import assert from "node:assert/strict";
import { noUsage } from "../../../src/services/store.ts";
import { encodeJournal } from "../../../src/call/journal.ts";
import { CallDriver } from "../../support/call/callDriver.ts";
import { policy } from "../../support/twilio/policy.ts";

Deno.test("a turn that was cut off keeps what nobody has heard, by interruption, hang-up or a lost leg", () => {
  for (const how of ["interrupted", "left", "lost"] as const) {
    const call = new CallDriver().live();
    call.speak("item", 4000, "We are open from nine. We close at six.");
    call.advance(2000);
    if (how === "interrupted") call.callerStarts();
    if (how === "left") call.input({ type: "left", end: { reason: "caller_hung_up" } });
    if (how === "lost") {
      call.lose();
      call.advance(60_000);
    }
    const turn = call.transcript.find(({ id }) => id === "item");
    assert.equal(`${turn?.text} ${turn?.unheard}`, "We are open from nine. We close at six.", how);
    assert.ok(turn?.text.startsWith("We are open") && turn.unheard?.endsWith("at six."), how);
  }
});

Deno.test("a model that cannot forget what was cut off is told how far the caller has heard it", () => {
  const call = new CallDriver().live();
  call.speak("item", 4000, "We are open from nine. We close at six.");
  call.interruptAt(2000);
  const request = call.takeRequests().find(({ type }) => type === "truncate");
  assert.ok(request !== undefined);
  call.input({ type: "requestRefused", request, kind: "other", code: "no" });
  const [note] = call.takeRequests();
  const heard = call.transcript.find(({ id }) => id === "item")?.text ?? "?";
  assert.ok(note?.type === "message" && note.text.includes(`…${heard}`));
});

Deno.test("news of a tool that came after the agent's last words is told by the session that takes over", () => {
  const spoken = { position: 1, final: true, interrupted: false, by: "voice" } as const;
  for (const endedMs of [2000, 9000]) {
    const call = new CallDriver({
      toolPolicies: { order: { isAsync: true } },
      resumed: {
        ...{ elapsedMs: 20_000, connectedMs: 20_000, usage: noUsage },
        turns: [
          {
            ...spoken,
            id: "a",
            role: "agent",
            text: "I order it.",
            startedMs: 1500,
            endedMs: 1900,
          },
          { ...spoken, id: "b", role: "agent", text: "Else?", startedMs: 5000, endedMs: 6000 },
        ],
        tools: [
          { callId: "c", name: "order", arguments: "{}", startedMs: 1000, endedMs, output: "4711" },
        ],
      },
    }).connect();
    const told = call.takeRequests().some((one) =>
      one.type === "message" && one.text.includes("still waiting for an answer")
    );
    assert.equal(told, endedMs === 9000);
  }
});

Deno.test("a redacted journal has no word of what was cut off, must be heard, or is asked", () => {
  const line = encodeJournal({
    at: 0,
    policy: policy({
      mustHear: { recording: { text: "secret words", at: "start" } },
      toolPolicies: { book: { say: "secret words", confirm: { question: "secret words" } } },
    }),
  }, { redacts: true });
  assert.ok(!line.includes("secret"));
});
