import assert from "node:assert/strict";
import { Session } from "../../../src/call/session.ts";
import type { CallPolicy } from "../../../src/call/types.ts";
import { silenceOf } from "../../../src/utils/audio/audioFormat.ts";
import { MENU_CALL } from "../../support/call/menuCall.ts";
import { RecordingLeg } from "../../support/call/recordingLeg.ts";
import { RecordingDependencies, sessionOptions } from "../../support/call/sessionDependencies.ts";

const FRAME_MS = 20;
const QUIET = silenceOf(FRAME_MS, "pcmu");
/** After the words of a menu, by `HeardTurns`. */
const MENU_QUIET_MS = 1500;
const NONE: readonly string[] = [];

Deno.test("late frames: on a line that keeps time the answer to a menu comes as its quiet is over", () => {
  const { hearMenu, goOn, asked } = onLine(MENU_CALL);
  hearMenu();
  goOn(MENU_QUIET_MS - FRAME_MS);
  assert.deepEqual(asked(), NONE);
  goOn(FRAME_MS);
  assert.deepEqual(asked(), ["reply"]);
});

Deno.test("late frames: a menu that goes on during a stall is heard out, whatever is read first", () => {
  // A stall that ends after the answer was due, and one that ends shortly before.
  for (const [goesOnMs, stallMs] of [[1000, 700], [1200, 280]] as const) {
    for (const first of ["timer", "frames", "words"] as const) {
      const { hearMenu, goOn, asked, stall, read, deps } = onLine(MENU_CALL);
      hearMenu();
      goOn(goesOnMs);
      stall(stallMs);
      if (first === "timer") deps.pass(0);
      if (first === "words") says(deps, "user_1", "For sales, press one.");
      read(stallMs);
      deps.pass(0);
      goOn(100);
      deps.model.says({ type: "speechStarted", itemId: "user_2" });
      goOn(3000);
      assert.deepEqual(asked(), NONE, `${stallMs} ms, ${first} first`);
      takesIn(deps, "user_2", "For billing, press two.");
      goOn(MENU_QUIET_MS);
      assert.deepEqual(asked(), ["reply"]);
    }
  }
});

Deno.test("late frames: an answer is put off once, though every further frame is late, or none comes", () => {
  for (const laterMs of [300, 10_000]) {
    const { hearMenu, goOn, asked, stall, read, deps } = onLine(MENU_CALL);
    hearMenu();
    goOn(1000);
    stall(600);
    deps.pass(0);
    assert.deepEqual(asked(), NONE);
    if (laterMs < 1000) read(600);
    stall(laterMs);
    deps.pass(0);
    assert.deepEqual(asked(), ["reply"]);
  }
});

Deno.test("late frames: keys that wait behind them belong to the entry before", () => {
  const { session, goOn, stall, read, deps } = onLine({ modelResponds: true });
  for (const digit of "12") session.input({ type: "digit", digit });
  goOn(1000);
  stall(3000);
  deps.pass(0);
  read(3000);
  for (const digit of "34") session.input({ type: "digit", digit });
  goOn(4000);
  assert.deepEqual(
    deps.events.flatMap((event) => event.type === "digits" ? [event.digits] : []),
    ["1234"],
  );
});

Deno.test("late frames: a caller who spoke during a stall is not asked whether anyone is there", () => {
  const { goOn, asked, stall, read, deps } = onLine({ idleMs: 10_000 });
  goOn(9000);
  stall(2000);
  deps.pass(0);
  read(2000);
  goOn(100);
  deps.model.says({ type: "speechStarted", itemId: "user_1" });
  goOn(5000);
  assert.deepEqual(asked(), NONE);
});

/** A call on a line that sends a frame every 20 ms. */
function onLine(changes: Partial<CallPolicy>) {
  const deps = new RecordingDependencies();
  const session = new Session(sessionOptions(changes), deps);
  session.begin();
  session.join(new RecordingLeg());
  deps.model.says({ type: "modelReady" });
  const read = (ms: number) => {
    for (let passed = 0; passed < ms; passed += FRAME_MS) session.hear(QUIET);
  };
  return {
    deps,
    session,
    /** Frames that have waited are read one after another. */
    read,
    goOn(ms: number): void {
      for (let passed = 0; passed < ms; passed += FRAME_MS) {
        deps.pass(FRAME_MS);
        read(FRAME_MS);
      }
    },
    /** Time passes, and nothing runs and nothing is read. */
    stall: (ms: number) => void (deps.time += ms),
    hearMenu(): void {
      deps.model.says({ type: "speechStarted", itemId: "user_1" });
      takesIn(deps, "user_1", "For sales, press one.");
    },
    asked: (): readonly string[] =>
      deps.model.requests.flatMap((one) => one.type === "respond" ? [one.request.purpose] : []),
  };
}

function takesIn(deps: RecordingDependencies, itemId: string, text: string): void {
  deps.model.says({ type: "speechStopped", itemId });
  deps.model.says({ type: "committed", itemId });
  says(deps, itemId, text);
}

function says({ model }: RecordingDependencies, itemId: string, text: string): void {
  model.says({ type: "callerText", itemId, text, final: true });
}
