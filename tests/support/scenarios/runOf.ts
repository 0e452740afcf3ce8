import assert from "node:assert/strict";
import type { CallEvidence } from "../../../src/scenarios/callEvidence.ts";
import { readScenario } from "../../../src/scenarios/file/readScenario.ts";
import { readRecord } from "../../../src/scenarios/run/record/readRecord.ts";
import type { CallRun, ScenarioRun } from "../../../src/scenarios/run/runScenario.ts";

/** What came of a call of a minute in which nothing was said, with the record that a server gave as JSON. */
export function runOf(record: string): ScenarioRun {
  const read = readScenario(
    "silence",
    "title: Silence\ncaller: [silence_ms: 1000]\n",
    () => new Uint8Array(),
  );
  assert.ok(read.ok);
  const recorded = readRecord(JSON.parse(record));
  assert.ok(recorded !== undefined);
  const evidence: CallEvidence = {
    ...{ lines: [], wordsBy: "record" as const, missed: [], endMs: 60_000, lineWandersMs: 0 },
    taking: { answers: [], unanswered: [], cuts: [], silences: [] },
    record: recorded,
  };
  const call: CallRun = { evidence, verdicts: [], spoken: [], format: "pcmu", heard: [], said: [] };
  return { scenario: read.scenario, calls: [call], tookMs: 0 };
}
