import assert from "node:assert/strict";
import type { CallLeg } from "../../src/call/callLeg.ts";
import { Session } from "../../src/call/session.ts";
import { RecordingLeg } from "../support/call/recordingLeg.ts";
import { RecordingDependencies, sessionOptions } from "../support/call/sessionDependencies.ts";

const LOST = {
  type: "lost",
  rejoinMs: 30_000,
  end: { reason: "leg_failed", detail: "silent" },
} as const;

/** A browser's leg, which reports what it has played. */
function browserLeg() {
  const recording = new RecordingLeg();
  const overrides = { reports: "positions", format: "pcm24k" } as const;
  const leg: CallLeg & { readonly played: RecordingLeg["played"] } = {
    ...overrides,
    played: recording.played,
    play: (piece) => recording.play(piece),
    mark: (name) => recording.mark(name),
    clear: () => recording.clear(),
    notify: (event) => recording.notify(event),
    close: (end) => recording.close(end),
  };
  return leg;
}

function talking() {
  const deps = new RecordingDependencies();
  const session = new Session(sessionOptions({}), deps);
  session.begin();
  const leg = browserLeg();
  session.join(leg);
  deps.model.says({ type: "modelReady" });
  return { deps, session, leg };
}

Deno.test("a call waits for its browser as long as that was given, and then ends as it was told", async () => {
  const { deps, session } = talking();
  session.input(LOST);
  deps.pass(29_999);
  assert.equal(session.phase, "connecting");
  const again = browserLeg();
  session.join(again);
  deps.pass(1000);
  assert.notEqual(session.phase, "ended");

  session.input(LOST);
  deps.pass(30_000);
  assert.deepEqual(await session.ended, { reason: "leg_failed", detail: "silent" });
  assert.equal(deps.timers, 0);
});

Deno.test("a browser that comes back hears on from where it fell silent, and no second time what it heard", () => {
  const { deps, session, leg } = talking();
  deps.model.speaks("item", 3000);
  assert.equal(leg.played[0]?.offsetMs, undefined);
  session.input({ type: "rendered", itemId: "item", ms: 900 });
  session.input(LOST);
  deps.pass(8000);
  // It went on playing what it had after its last report came through.
  session.input({ type: "rendered", itemId: "item", ms: 1500, cleared: true });
  const again = browserLeg();
  session.join(again);
  const [first] = again.played;
  assert.equal(first?.itemId, "item");
  assert.equal(first?.offsetMs, 1500);
  // Positions count from the beginning of the item, also where another page has played it.
  session.input({ type: "rendered", itemId: "item", ms: 1600 });
  deps.pass(1900);
  assert.ok(!deps.events.some(({ type }) => type === "notice"));
});

Deno.test("what a browser missed is shown to it as the lines that there are and who speaks", () => {
  const { deps, session } = talking();
  deps.model.speaks("item", 3000);
  deps.model.says({ type: "modelReady" });
  session.input({ type: "typed", text: "One." });
  session.input(LOST);
  session.input({ type: "typed", text: "Two." });
  const tool = { callId: "t", name: "look_up", arguments: "{}" };
  deps.model.says({
    type: "responseDone",
    responseId: "r",
    status: "completed",
    toolCalls: [tool],
  });
  session.input({ type: "toolReturned", callId: "t", output: "42", ok: true });
  const missed = session.snapshot();
  assert.deepEqual(missed.filter(({ type }) => type.startsWith("tool")), [
    { type: "toolStarted", toolCallId: "t", name: "look_up", arguments: "{}" },
    { type: "toolEnded", toolCallId: "t", name: "look_up", output: "42", ok: true, durationMs: 0 },
  ]);
  const lines = missed.flatMap((event) => event.type === "turn" ? [event.turn] : []);
  assert.deepEqual(
    lines.filter(({ role }) => role === "caller").map(({ text }) => text),
    ["One.", "Two."],
  );
  assert.deepEqual(
    lines.map(({ position }) => position),
    lines.map(({ position }) => position).sort(),
  );
  assert.deepEqual(missed.filter(({ type }) => type === "speaking"), [
    { type: "speaking", who: "agent", on: false },
    { type: "speaking", who: "caller", on: false },
  ]);
  deps.model.says({ type: "modelLost", loss: { code: "closed", retry: "now" } });
  assert.equal(session.snapshot().at(-1)?.type, "modelLost");
});
