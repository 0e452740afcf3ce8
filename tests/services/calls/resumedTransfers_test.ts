import assert from "node:assert/strict";
import type { TranscriptTurn } from "../../../src/call/callEvent.ts";
import { transferredOf } from "../../../src/services/calls/resumedTransfers.ts";
import { CallDriver } from "../../support/call/callDriver.ts";
import { noUsage } from "../../../src/services/store/calls/callRecord.ts";

/** What is kept of the only transfer of a call. */
function kept(
  step: "requested" | "ringing" | "answered" | "accepted" | "connected",
  mode: "cold" | "warm",
) {
  const transfer = {
    number: 1,
    alias: "sales",
    mode,
    step,
    by: "agent" as const,
    requestedAt: 1_000,
    target: 0,
    ...(step === "connected" && { connectedAt: 2_000 }),
  };
  return transferredOf({ startedAt: 0 }, { transfers: [transfer], turns: [] }, 10_000);
}

Deno.test("of a process that asked a person nothing is left: the agent goes on, and says so", () => {
  for (const step of ["requested", "ringing", "answered"] as const) {
    const transferred = kept(step, "warm");
    assert.deepEqual(transferred?.untold, {
      number: 1,
      alias: "sales",
      mode: "warm",
      why: "unknown",
    });
    assert.equal(transferred?.open, undefined);
    const resumed = { turns: [], tools: [], elapsedMs: 9_000, connectedMs: 8_000, usage: noUsage };
    const call = new CallDriver({
      transfers: { sales: { mode: "warm" } },
      resumed: { ...resumed, transferred: transferred! },
    });
    assert.deepEqual(call.events("transfer").map(({ step }) => step), ["failed"]);
    assert.equal(call.machine.isAway, false);
  }
});

Deno.test("a caller whom a person has taken, or who hears it ring, is waited for", () => {
  assert.equal(kept("accepted", "warm")?.open?.step, "accepted");
  assert.equal(kept("connected", "warm")?.open?.connectedForMs, 8_000);
  assert.equal(kept("ringing", "cold")?.open?.step, "ringing");
});

Deno.test("a caller who has heard nothing of why a transfer failed is told by the session that goes on", () => {
  const ref = { number: 1, alias: "sales", mode: "cold" } as const;
  const transfer = {
    ...ref,
    step: "failed",
    why: "busy",
    by: "agent",
    requestedAt: 1_000,
    overAt: 5_000,
  } as const;
  const after = (heard: Pick<TranscriptTurn, "text" | "unheard" | "interrupted">) => {
    const turn = {
      ...heard,
      ...{ id: "a", role: "agent" as const, by: "voice" as const, position: 2, final: true },
      startedMs: 5_100,
    } as const;
    return transferredOf({ startedAt: 0 }, { transfers: [transfer], turns: [turn] }, 10_000);
  };
  assert.deepEqual(
    after({ text: "", unheard: "I could not put you", interrupted: true })?.untold,
    { ...ref, why: "busy" },
  );
  const told = { text: "I could not put you through.", interrupted: false };
  assert.equal(after(told)?.untold, undefined);
});
