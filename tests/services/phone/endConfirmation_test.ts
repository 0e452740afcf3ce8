import assert from "node:assert/strict";
import { createEndConfirmation } from "../../../src/services/phone/endConfirmation.ts";
import { type CallStatus, TwilioProblem } from "../../../src/services/twilioOutbound.ts";
import { callSid } from "../../support/servers/mediaServer.ts";
import { RecordingSession } from "../../support/call/recordingSession.ts";
import { settled } from "../../support/until.ts";

/** Twilio says one status after another, or fails; timers fire on demand. */
function start(answers: readonly (CallStatus | TwilioProblem)[], isLive = () => false) {
  const left = [...answers];
  const timers = new Map<() => void, number>();
  const ended: boolean[] = [];
  const confirmation = createEndConfirmation({
    twilio: {
      fetch(sid) {
        const answer = left.shift() ?? "completed";
        return typeof answer === "string"
          ? Promise.resolve({ sid, status: answer })
          : Promise.reject(answer);
      },
      end: (_sid, { unanswered }) => Promise.resolve(void ended.push(unanswered)),
    },
    isLive,
    log: { warn() {} },
    setTimer(wake, delayMs) {
      timers.set(wake, delayMs);
      return () => timers.delete(wake);
    },
  });
  const session = new RecordingSession();
  session.callSid = callSid;
  confirmation.expect(session, 1500);
  return {
    confirmation,
    session,
    ended,
    delays: () => [...timers.values()],
    /** The next look at the call. */
    async pass() {
      for (const wake of [...timers.keys()]) {
        timers.delete(wake);
        wake();
      }
      await settled();
    },
  };
}

Deno.test("a status callback confirms the end, and Twilio is not asked", async () => {
  const { confirmation, delays } = start([]);
  confirmation.onStatus(callSid, "in-progress");
  assert.deepEqual(delays(), [1500]);
  confirmation.onStatus(callSid, "completed");
  confirmation.onStatus(callSid, "completed");
  await settled();
  assert.deepEqual(delays(), []);
  assert.equal(confirmation.counts.confirmed, 1);
});

Deno.test("where no callback comes, one question confirms the end", async () => {
  const { confirmation, ended, delays, pass } = start(["completed"]);
  await pass();
  assert.deepEqual([ended, delays()], [[], []]);
  assert.deepEqual(confirmation.counts, { confirmed: 1, repeated: 0, unconfirmed: 0 });
});

Deno.test("a call that goes on is ended once more, until it is over or given up", async () => {
  const { confirmation, ended, delays, pass } = start(["in-progress", "ringing", "completed"]);
  await pass();
  assert.deepEqual(ended, [false]);
  assert.deepEqual(delays(), [3000]);
  await pass();
  assert.deepEqual(ended, [false, true]);
  await pass();
  assert.deepEqual(confirmation.counts, { confirmed: 1, repeated: 2, unconfirmed: 0 });

  const stubborn = start(Array(6).fill("in-progress"));
  for (let looks = 0; looks < 6; looks++) await stubborn.pass();
  assert.deepEqual(stubborn.delays(), []);
  assert.deepEqual(stubborn.confirmation.counts, { confirmed: 0, repeated: 6, unconfirmed: 1 });
});

Deno.test("a Twilio that is away is asked again, and one that knows no such call has confirmed", async () => {
  const away = new TwilioProblem(504, "provider_unreachable", "Away.");
  const unknown = new TwilioProblem(404, "unknown_call", "None.");
  const { confirmation, ended, delays, pass } = start([away, unknown]);
  await pass();
  assert.deepEqual(delays(), [3000]);
  await pass();
  assert.deepEqual([ended, delays()], [[], []]);
  assert.equal(confirmation.counts.confirmed, 1);
});

Deno.test("a call that a session holds again is left alone", async () => {
  const { confirmation, ended, delays, pass } = start(["in-progress"], () => true);
  await pass();
  assert.deepEqual([ended, delays()], [[], []]);
  assert.deepEqual(confirmation.counts, { confirmed: 0, repeated: 0, unconfirmed: 0 });
});

Deno.test("a call whose end comes after the closing starts no timer", () => {
  const { confirmation, session, delays } = start([]);
  confirmation.close();
  confirmation.expect(session, 1500);
  assert.deepEqual(delays(), []);
});
