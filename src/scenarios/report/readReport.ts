import { z } from "zod";
import { MAX_TEXT, type RunReport } from "./runReport.ts";
import { jsonOrUndefined } from "../../utils/jsonOrUndefined.ts";

const ms = z.number().min(0).max(1e9);
const text = z.string().max(MAX_TEXT);
const verdict = z.object({
  expected: text,
  state: z.enum(["held", "failed", "skipped"]),
  found: text,
  atMs: z.number().exactOptional(),
  line: z.number().exactOptional(),
  timing: z.enum(["told", "untold"]).exactOptional(),
});
const figure = z.object({ atMs: z.number(), ms });
const line = z.object({
  who: z.enum(["agent", "caller"]),
  fromMs: z.number(),
  toMs: z.number(),
  text,
  unheard: text,
});
const tool = z.object({ name: text, atMs: z.number(), ok: z.boolean().exactOptional() });
const call = z.object({
  endMs: ms,
  verdicts: z.array(verdict).max(1000),
  firstSoundMs: ms.exactOptional(),
  answers: z.array(figure).max(10_000),
  cuts: z.array(figure).max(10_000),
  deadAir: figure.exactOptional(),
  costUsd: z.number().exactOptional(),
  lines: z.array(line).max(10_000),
  tools: z.array(tool).max(1000).default([]),
  ended: text.exactOptional(),
});
const report = z.object({
  version: z.literal(1),
  startedAt: text,
  engine: text,
  against: text.exactOptional(),
  seed: z.number(),
  line: text.exactOptional(),
  tookMs: ms,
  notRun: z.number().min(0),
  scenarios: z.array(z.object({
    name: text,
    title: text,
    file: text.exactOptional(),
    runs: z.array(z.object({
      state: z.enum(["passed", "failed", "skipped"]),
      tookMs: ms,
      error: text.exactOptional(),
      calls: z.array(call).max(100),
    })).max(1000),
  })).max(10_000),
});

/** Reads a report that was written as JSON. Throws a `TypeError` for anything else. */
export function readReport(json: string): RunReport {
  const { data, error } = report.safeParse(jsonOrUndefined(json));
  if (error !== undefined) {
    throw new TypeError("Cannot read the baseline: it is no JSON report of this version");
  }
  return data;
}
