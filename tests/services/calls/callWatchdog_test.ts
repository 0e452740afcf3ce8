import assert from "node:assert/strict";
import { openCallWatchdog } from "../../../src/services/calls/callWatchdog.ts";
import { RecordingSession } from "../../support/call/recordingSession.ts";

Deno.test("a session that no leg joins long after its time is ended, and no other is", () => {
  const stuck = new RecordingSession(undefined, "call_1");
  const talking = RecordingSession.withLeg("call_2", stuck.request);
  const late = new RecordingSession(undefined, "call_3");
  const live = [stuck, talking];
  let at = 0;
  let wake = () => {};
  const watchdog = openCallWatchdog({
    registry: { list: () => live },
    log: { warn() {} },
    monotonic: () => at,
    setTimer(then, delayMs) {
      wake = () => {
        at += delayMs;
        then();
      };
      return () => void (wake = () => {});
    },
  });
  for (let passed = 0; passed < 4 * 60_000; passed += 15_000) wake();
  live.push(late);
  for (let passed = 0; passed < 60_000; passed += 15_000) wake();
  assert.deepEqual(stuck.inputs, [], "it has five minutes");
  wake();
  assert.deepEqual(stuck.inputs, [{
    type: "hangUp",
    end: { reason: "leg_failed", detail: "watchdog" },
  }]);
  assert.deepEqual([talking.inputs, late.inputs], [[], []]);
  watchdog.close();
});
