import assert from "node:assert/strict";
import { lateAbout, lateBetween } from "../../../src/scenarios/expect/lateMachine.ts";
import { checkAnswers, checkCuts } from "../../../src/scenarios/expect/timingChecks.ts";
import { checkCall } from "../../../src/scenarios/expect/checkCall.ts";
import type { LateMoment } from "../../../src/scenarios/callEvidence.ts";

const answer = (atMs: number, afterMs: number) => ({ atMs, afterMs });
const taking = (...answers: readonly ReturnType<typeof answer>[]) => ({
  ...{ answers, unanswered: [], cuts: [], silences: [] },
});

Deno.test("an answer is too late only by more than this machine was late in that time", () => {
  const late = [{ atMs: 2500, lateMs: 400 }, { atMs: 9000, lateMs: 5000 }];
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
  const late = [{ atMs: 2500, lateMs: 2000 }];
  const both = taking(answer(3000, 2900), answer(8000, 1500));
  const { state, found, atMs } = checkAnswers(1000, { taking: both, late });
  assert.deepEqual([state, found, atMs], ["failed", "the slowest of 2 after 1.50 s", 8000]);
});

Deno.test("a caller who breaks in too late is to blame, unless the machine was", () => {
  const cuts = [{ atMs: 5000, silentForMs: 300, isSpokenOver: false }];
  const told = (lateMs: number) =>
    checkCuts(900, {
      taking: { answers: [], unanswered: [], cuts, silences: [] },
      late: [{ atMs: 4500, lateMs }],
    }).state;
  assert.deepEqual([told(250), told(350)], ["failed", "skipped"]);
});

Deno.test("one time that the caller broke in too late is not hidden by another that was in time", () => {
  const silent = { atMs: 5000, silentForMs: 300, isSpokenOver: false };
  const cut = (atMs: number, afterMs: number) => ({ atMs, afterMs, isSpokenOver: false });
  const told = (cuts: Parameters<typeof checkCuts>[1]["taking"]["cuts"], lateMs: number) =>
    checkCuts(900, {
      taking: { answers: [], unanswered: [], cuts, silences: [] },
      late: [{ atMs: 4500, lateMs }],
    }).state;
  assert.equal(told([cut(2000, 200), silent], 100), "failed");
  assert.equal(told([silent, cut(8000, 200)], 350), "skipped");
  assert.equal(told([silent, cut(8000, 1200)], 350), "failed");
});

Deno.test("only what was late within a time counts", () => {
  const late = [{ atMs: 1000, lateMs: 100 }, { atMs: 2000, lateMs: 300 }];
  assert.equal(lateBetween(late, 0, 3000), 400);
  assert.equal(lateBetween(late, 950, 1800), 150);
  assert.equal(lateBetween(late, 1000, 1700), 0);
  assert.equal(lateAbout(late, 950, 1800), 400);
  assert.equal(lateAbout(late, 1000, 1700), 0);
});

Deno.test("lines of the record are moved by as much as the machine was late about them", async () => {
  const told = async (late: readonly LateMoment[]) => {
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
      late,
      record: {
        ...{ id: "call", tools: [], transfers: [] },
        turns: [turn("a", 1000), turn("b", 4600), turn("c", 9000)],
      },
    }, undefined);
    return verdict?.state;
  };
  assert.equal(await told([]), "failed");
  assert.equal(await told([{ atMs: 4990, lateMs: 240 }]), "failed");
  assert.equal(await told([{ atMs: 4990, lateMs: 260 }]), "skipped");
  assert.equal(await told([{ atMs: 9500, lateMs: 10 }]), "failed");
});
