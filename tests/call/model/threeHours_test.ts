import assert from "node:assert/strict";
import { Session } from "../../../src/call/session.ts";
import { silenceOf } from "../../../src/utils/audio/audioFormat.ts";
import { RecordingLeg } from "../../support/call/recordingLeg.ts";
import { RecordingDependencies, sessionOptions } from "../../support/call/sessionDependencies.ts";
import { ScriptedModel } from "../../support/call/scriptedModel.ts";

const HOUR = 3_600_000;
const FRAME_MS = 100;
const FRAME = silenceOf(FRAME_MS, "pcmu");
/** How long a server takes to open a session. */
const OPENING_MS = 1500;
const TURN_EVERY_MS = 20_000;

/** Opens sessions like a server whose sessions last for an hour, and refuses some of them. */
class HourlyModels extends RecordingDependencies {
  readonly ready = new Set<ScriptedModel>();
  readonly openedAt = new Map<ScriptedModel, number>();

  override openModel: RecordingDependencies["openModel"] = (setup, sink) => {
    const opened = new ScriptedModel(setup, sink);
    this.models.push(opened);
    this.openedAt.set(opened, this.time);
    const isRefused = this.models.length === 3;
    this.setTimer(() => {
      if (opened.closes > 0) return;
      if (isRefused) {
        return opened.says({ type: "modelLost", loss: { code: "server_error", retry: "backoff" } });
      }
      this.ready.add(opened);
      opened.says({ type: "modelReady", expiresInMs: HOUR - OPENING_MS });
      this.setTimer(() => {
        assert.ok(opened.closes > 0, "a session was left before it expired");
      }, HOUR - OPENING_MS);
    }, OPENING_MS);
    return opened;
  };
}

Deno.test("case 51: a call of three hours has no moment in which its caller's audio goes nowhere", () => {
  const deps = new HourlyModels();
  const session = new Session(sessionOptions({ idleMs: 1e9, maxMs: 1e9 }), deps);
  session.begin();
  session.join(new RecordingLeg());
  deps.pass(OPENING_MS + 500);
  let gapMs = 0;
  let longestGapMs = 0;
  let turns = 0;
  while (deps.time < 3 * HOUR) {
    const before = deps.models.map(({ audio }) => audio.length);
    session.hear(FRAME);
    const hears = deps.models.some((model, index) =>
      deps.ready.has(model) && model.closes === 0 && model.audio.length > (before[index] ?? 0)
    );
    gapMs = hears && session.phase === "live" ? 0 : gapMs + FRAME_MS;
    longestGapMs = Math.max(longestGapMs, gapMs);
    if (deps.time % TURN_EVERY_MS < FRAME_MS) turn(present(deps), `${++turns}`);
    // What was heard long ago is not needed to see where the next frame goes.
    for (const { audio } of deps.models) if (audio.length > 100) audio.splice(0);
    deps.pass(FRAME_MS);
  }
  assert.ok(longestGapMs <= 300, `${longestGapMs} ms`);
  assert.deepEqual(deps.faults, []);
  assert.equal(deps.events.filter(({ type }) => type === "modelLost").length, 0);
  const changes = deps.models.filter(({ histories }) => histories.length > 0);
  assert.equal(changes.length, 3);
  for (const { histories } of changes) assert.match(JSON.stringify(histories), /answer \d+/);
  assert.equal(deps.models.length, 5, "one that was refused was tried again");
  assert.equal(deps.models.filter(({ closes }) => closes === 0).length, 1);
});

function present({ models, ready }: HourlyModels): ScriptedModel {
  const serves = models.filter((model) => ready.has(model) && model.closes === 0);
  // One that stands by is the latest, and has no history yet.
  return serves.find((model) => model.histories.length > 0) ?? serves[0]!;
}

/** The caller says something and is answered. */
function turn(model: ScriptedModel, name: string): void {
  const itemId = `user_${name}`;
  const responseId = `response_${name}`;
  const ref = { responseId, itemId: `agent_${name}`, contentIndex: 0 };
  model.says({ type: "speechStarted", itemId });
  model.says({ type: "speechStopped", itemId });
  model.says({ type: "committed", itemId });
  model.says({ type: "callerText", itemId, text: `question ${name}`, final: true });
  model.says({ type: "responseStarted", responseId, aside: false });
  model.says({ type: "speechText", ref, text: `answer ${name}` });
  model.speaks(ref.itemId, 2000, responseId);
  model.says({ type: "speechDone", ref });
  model.says({ type: "responseDone", responseId, status: "completed", toolCalls: [] });
}
