import assert from "node:assert/strict";
import { twilioLimits } from "../../../src/handlers/twilioHandler.ts";
import { createCallEndings } from "../../../src/services/phone/callEndings.ts";
import { TwilioProblem } from "../../../src/services/twilioOutbound.ts";
import { callSid } from "../../support/servers/mediaServer.ts";
import { RecordingSession } from "../../support/call/recordingSession.ts";
import { settled } from "../../support/until.ts";

function start(
  problems: readonly TwilioProblem[],
  answer: "hangUp" | "dial",
  { takenOver = false } = {},
) {
  const failures = [...problems];
  const timers: (() => void)[] = [];
  const delaysMs: number[] = [];
  const logged: string[] = [];
  let asked = 0;
  const endings = createCallEndings({
    twilio: {
      update(sid) {
        asked++;
        const problem = failures.shift();
        if (problem !== undefined) return Promise.reject(problem);
        return Promise.resolve({ sid, status: "in-progress" });
      },
    },
    answerEnded: () =>
      answer === "hangUp"
        ? { do: "hangUp" }
        : { do: "dial", targets: [], inTurn: true, ringSeconds: 20 },
    processHandover: {
      written: () => Promise.resolve(),
      isTakenOver: () => Promise.resolve(takenOver),
    },
    agents: { get: () => undefined, ofCall: () => undefined, unusable: new Map() },
    confirmation: { expect() {} },
    publicUrl: "https://phone.example",
    log: { warn: (message) => void logged.push(message) },
    setTimer(wake, delayMs) {
      timers.push(wake);
      delaysMs.push(delayMs);
      return () => {};
    },
  });
  const session = new RecordingSession();
  session.callSid = callSid;
  return { endings, session, timers, delaysMs, logged, asked: () => asked };
}

const late = new TwilioProblem(504, "provider_unreachable", "Twilio did not answer in time.");
const over = new TwilioProblem(404, "unknown_call", "There is no such phone call.");
const busy = new TwilioProblem(503, "provider_busy", "Twilio takes no more requests.");

Deno.test("a dial is asked for again where Twilio was busy, but not where it may ring already", async () => {
  const first = start([busy], "dial");
  const told = first.endings.end(first.session, { reason: "transferred" });
  await settled();
  first.timers[0]?.();
  assert.equal(await told, true);
  assert.equal(first.asked(), 2);

  const second = start([late], "dial");
  assert.equal(await second.endings.end(second.session, { reason: "transferred" }), false);
  assert.equal(second.asked(), 1);
});

Deno.test("Twilio is asked three times before the socket is closed, with as much time left for its answers", async () => {
  const { endings, session, timers, delaysMs, asked } = start([busy, busy], "hangUp");
  const told = endings.end(session, { reason: "agent_hung_up" });
  for (let attempt = 0; attempt < 2; attempt++) {
    await settled();
    timers.splice(0).forEach((wake) => wake());
  }
  assert.equal(await told, true);
  assert.equal(asked(), 3);
  const waitedMs = delaysMs.reduce((sum, delayMs) => sum + delayMs, 0);
  assert.ok(waitedMs <= twilioLimits.releaseMs / 2, `${delaysMs}`);
});

Deno.test("Twilio is told of an end that was heard on the line, and not of one that it has told itself", async () => {
  for (
    const [reason, detail, isTold] of [
      ["not_answered", "busy_tone", true],
      ["caller_hung_up", "busy_tone", true],
      ["not_answered", "declined", true],
      ["not_answered", "busy", false],
      ["caller_hung_up", undefined, false],
    ] as const
  ) {
    const { endings, session, asked } = start([], "hangUp");
    const told = await endings.end(session, { reason, ...(detail !== undefined && { detail }) });
    assert.deepEqual([told, asked()], isTold ? [true, 1] : [undefined, 0], `${reason}: ${detail}`);
  }
});

Deno.test("a warning is logged where Twilio was not told, and none where the caller had hung up", async () => {
  for (const [problem, lines] of [[late, 1], [over, 0]] as const) {
    for (const reason of ["agent_hung_up", "handed_over"] as const) {
      const { endings, session, timers, logged } = start(Array(6).fill(problem), "hangUp");
      const told = endings.end(session, { reason });
      for (let attempt = 0; attempt < 6; attempt++) {
        await settled();
        timers.splice(0).forEach((wake) => wake());
      }
      assert.equal(await told, false);
      assert.equal(logged.length, lines, reason);
    }
  }
});

Deno.test("Twilio's own question gets what it has not accepted, once, and stops further requests", async () => {
  const { endings, session, timers, logged, asked } = start([busy, busy], "hangUp");
  const told = endings.end(session, { reason: "agent_hung_up" });
  assert.equal(endings.end(session, { reason: "agent_hung_up" }), told, "told once");
  await settled();
  assert.deepEqual(await endings.take(callSid), { do: "hangUp" });
  assert.equal(endings.take(callSid), undefined);
  timers.forEach((wake) => wake());
  await told;
  assert.equal(asked(), 1);
  assert.deepEqual(logged, [], "it was told all the same");
  await endings.close();
});

Deno.test("Twilio is not told of a call that is over, or goes on in another process", () => {
  for (
    const end of [
      { reason: "caller_hung_up" },
      { reason: "not_answered" },
      { reason: "handed_over", detail: "joined_elsewhere" },
    ] as const
  ) {
    const { endings, session, asked } = start([], "hangUp");
    assert.equal(endings.end(session, end), undefined);
    assert.equal(asked(), 0);
  }
});

Deno.test("a call that another process has taken is left to it, however the session here ends", async () => {
  const { endings, session, asked } = start([], "hangUp", { takenOver: true });
  const told = endings.end(session, { reason: "idle" });
  assert.equal((await endings.take(callSid))?.do, "hold");
  assert.equal(await told, true);
  assert.equal(asked(), 0);
});
