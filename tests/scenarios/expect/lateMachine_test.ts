import assert from "node:assert/strict";
import { lateAbout, lateBetween } from "../../../src/scenarios/expect/lateMachine.ts";
import { checkAnswers, checkCuts } from "../../../src/scenarios/expect/timingChecks.ts";
import { LatenessMeter } from "../../../src/scenarios/run/latenessMeter.ts";
import type { SimClock } from "../../../src/sim/twilio/simClock.ts";
import { checkCall } from "../../../src/scenarios/expect/checkCall.ts";
import type { LateMoment, Lateness } from "../../../src/scenarios/callEvidence.ts";

const stalled = (...stalls: readonly LateMoment[]): Lateness => ({ steadyMs: 0, stalls });
const answer = (atMs: number, afterMs: number) => ({ atMs, afterMs });
const taking = (...answers: readonly ReturnType<typeof answer>[]) => ({
  ...{ answers, unanswered: [], cuts: [], silences: [] },
});

Deno.test("an answer is too late only by more than this machine was late in that time", () => {
  const late = stalled({ atMs: 2500, lateMs: 400 }, { atMs: 9000, lateMs: 5000 });
  const told = (afterMs: number) => {
    const { state, found } = checkAnswers(1000, { taking: taking(answer(3000, afterMs)), late });
    return [state, found];
  };
  assert.deepEqual(told(1000), ["held", "the slowest of 1 after 1.00 s"]);
  assert.deepEqual(told(1390), [
    "skipped",
    "the slowest of 1 after 1.39 s, but this machine was 0.40 s late then, too busy to tell",
  ]);
  assert.deepEqual(told(1410), ["failed", "the slowest of 1 after 1.41 s"]);
});

Deno.test("one answer that the machine explains does not hide another that it does not", () => {
  const late = stalled({ atMs: 2500, lateMs: 2000 });
  const both = taking(answer(3000, 2900), answer(8000, 1500));
  const { state, found, atMs } = checkAnswers(1000, { taking: both, late });
  assert.deepEqual([state, found, atMs], ["failed", "the slowest of 2 after 1.50 s", 8000]);
});

Deno.test("a caller who breaks in too late is to blame, unless the machine was", () => {
  const cuts = [{ atMs: 5000, silentForMs: 300, isSpokenOver: false }];
  const told = (lateMs: number) =>
    checkCuts(900, {
      taking: { answers: [], unanswered: [], cuts, silences: [] },
      late: stalled({ atMs: 4500, lateMs }),
    }).state;
  assert.deepEqual([told(250), told(350)], ["failed", "skipped"]);
});

Deno.test("one time that the caller broke in too late is not hidden by another that was in time", () => {
  const silent = { atMs: 5000, silentForMs: 300, isSpokenOver: false };
  const cut = (atMs: number, afterMs: number) => ({ atMs, afterMs, isSpokenOver: false });
  const told = (cuts: Parameters<typeof checkCuts>[1]["taking"]["cuts"], lateMs: number) =>
    checkCuts(900, {
      taking: { answers: [], unanswered: [], cuts, silences: [] },
      late: stalled({ atMs: 4500, lateMs }),
    }).state;
  assert.equal(told([cut(2000, 200), silent], 100), "failed");
  assert.equal(told([silent, cut(8000, 200)], 350), "skipped");
  assert.equal(told([silent, cut(8000, 1200)], 350), "failed");
});

Deno.test("words that had to be heard in time are too late only by more than this machine was", async () => {
  const told = async (late: Lateness | undefined, withinMs?: number) => {
    const words = [{ text: "Forty.", fromMs: 2600, toMs: 3000 }];
    const line = { itemId: "a", fromMs: 2600, toMs: 3000, heardMs: 400, wholeMs: 400, words };
    const [verdict] = await checkCall(
      [{ type: "heard", text: "forty", ...(withinMs !== undefined && { withinMs }) }],
      {
        ...{ wordsBy: "model", lines: [{ ...line, unheard: "" }], taking: taking(), missed: [] },
        ...{ endMs: 10_000, lineWandersMs: 0, ...(late && { late }) },
      },
      undefined,
    );
    return [verdict?.state, verdict?.timing];
  };
  const late = stalled({ atMs: 2500, lateMs: 400 });
  assert.deepEqual(await told(late, 2610), ["skipped", "untold"]);
  assert.deepEqual(await told(late, 2590), ["failed", "told"]);
  assert.deepEqual(await told(stalled({ atMs: 9000, lateMs: 4000 }), 2610), ["failed", "told"]);
  assert.deepEqual(await told(undefined, 3000), ["held", "told"]);
  assert.deepEqual(await told(late), ["held", undefined]);
});

Deno.test("only what was late within a time counts", () => {
  const late = stalled({ atMs: 1000, lateMs: 100 }, { atMs: 2000, lateMs: 300 });
  assert.equal(lateBetween(late, 0, 3000), 400);
  assert.equal(lateBetween(late, 950, 1800), 150);
  assert.equal(lateBetween(late, 1000, 1700), 0);
  assert.equal(lateAbout(late, 950, 1800), 400);
  assert.equal(lateAbout(late, 1000, 1700), 0);
});

Deno.test("timers that are always a little late explain no more than one answer's chain of them", () => {
  const late = measured(() => 12);
  assert.deepEqual(late, { steadyMs: 12, stalls: [] });
  const lateMs = lateBetween(late, 0, 4500);
  assert.ok(lateMs > 12 && lateMs < 100, `${lateMs}`);
  const cuts = [{ atMs: 1000, afterMs: 1200, isSpokenOver: false }];
  const told = checkCuts(900, {
    taking: { answers: [], unanswered: [], cuts, silences: [] },
    late: measured((probe) => 1 + probe % 10),
  });
  assert.deepEqual([told.state, told.timing], ["failed", "told"]);
});

Deno.test("a stall counts by what it is beyond the usual lateness, and many count no more than a chain meets", () => {
  const once = measured((probe) => probe === 50 ? 400 : 12);
  assert.deepEqual(once.stalls.map(({ lateMs }) => lateMs), [388]);
  const often = measured((probe) => probe % 3 === 0 ? 80 : 0);
  assert.ok(often.stalls.length > 20, `${often.stalls.length}`);
  assert.equal(lateBetween(often, 0, 4500), 6 * 80);
  assert.equal(lateAbout(often, 0, 4500), 6 * 80);
});

/** What a meter tells of a call of 4.5 seconds, of which each probe is so late. */
function measured(lateOf: (probe: number) => number): Lateness {
  let now = 0;
  let due: (() => void) | undefined;
  const clock: SimClock = {
    now: () => now,
    at(timeMs, run) {
      due = () => {
        now = timeMs + lateOf(probes++);
        run();
      };
      return () => {};
    },
    wait: () => Promise.reject(new Error("Cannot wait")),
  };
  let probes = 0;
  const meter = new LatenessMeter(clock, {
    get talkMs() {
      return now;
    },
  });
  while (now < 4500) due?.();
  meter.close();
  return meter.late;
}

Deno.test("lines of the record are moved by as much as the machine was late about them", async () => {
  const told = async (...stalls: readonly LateMoment[]) => {
    const words = [{ text: "Yes.", fromMs: 5000, toMs: 5400 }];
    const line = (itemId: string, fromMs: number) => ({
      ...{ itemId, fromMs, toMs: fromMs + 400, heardMs: 400, wholeMs: 400, words, unheard: "" },
    });
    const turn = (id: string, startedMs: number) => ({
      ...{ id, role: "agent", text: "Yes.", interrupted: false, startedMs } as const,
    });
    const [verdict] = await checkCall([{ type: "recordIsHeard", withinMs: 150 }], {
      wordsBy: "model",
      lines: [line("a", 1000), line("b", 5000), line("c", 9000)],
      taking: taking(),
      missed: [],
      endMs: 10_000,
      lineWandersMs: 0,
      late: stalled(...stalls),
      record: {
        ...{ id: "call", tools: [], transfers: [] },
        turns: [turn("a", 1000), turn("b", 4600), turn("c", 9000)],
      },
    }, undefined);
    return verdict?.state;
  };
  assert.equal(await told(), "failed");
  assert.equal(await told({ atMs: 4990, lateMs: 240 }), "failed");
  assert.equal(await told({ atMs: 4990, lateMs: 260 }), "skipped");
  assert.equal(await told({ atMs: 9500, lateMs: 10 }), "failed");
});
