import assert from "node:assert/strict";
import { type GrowthFigures, limitsOf } from "./growthPoint.ts";
import { GROWTH_HEADER, growthRow } from "./growthTable.ts";

const FIGURES: GrowthFigures = {
  calls: 300,
  server: "parley",
  cpuMsPerCallSecond: 2,
  cpuRatio: 1.5,
  p99Ms: 8,
  maxMs: 20,
  longestMs: 30,
  mb: 250,
  mbPerCall: 0.4,
  standInsShare: 0.6,
  standInsLateMs: 3,
};

Deno.test("a row has a cell for each column, also where the server takes no more calls", () => {
  const cells = (line: string) => line.split("|").length;
  const lines = [
    ...GROWTH_HEADER.split("\n"),
    growthRow(FIGURES),
    growthRow({ calls: 300, server: "parley", refusal: "busy" }),
  ];
  assert.deepEqual(new Set(lines.map(cells)).size, 1);
  assert.match(growthRow(FIGURES), /^\| 300 \| parley \| 2\.00 \| 1\.50 \| 60 % \|/);
});

Deno.test("the limit is who had no more of its core, or waited as long as the frames", () => {
  assert.deepEqual(limitsOf(FIGURES), []);
  assert.deepEqual(limitsOf({ ...FIGURES, standInsShare: 0.95 }), ["callers"]);
  assert.deepEqual(limitsOf({ ...FIGURES, standInsLateMs: 6 }), ["callers"]);
  assert.deepEqual(limitsOf({ ...FIGURES, standInsLateMs: 12, p99Ms: 150 }), []);
  assert.deepEqual(limitsOf({ ...FIGURES, cpuMsPerCallSecond: 3.2 }), ["server"]);
  assert.deepEqual(limitsOf({ ...FIGURES, cpuMsPerCallSecond: 3.2, standInsShare: 1 }), [
    "callers",
    "server",
  ]);
});
