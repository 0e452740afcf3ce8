import type { CallEvidence, RecordedCall, RecordedTool } from "../callEvidence.ts";
import { isPartOf } from "../partOf.ts";
import type { Expectation } from "../scenario.ts";
import { findHeard } from "../ear/findHeard.ts";
import { isRefused } from "../toolRefused.ts";
import { wordsUntold } from "./heardChecks.ts";
import { recordOffset } from "./recordOffset.ts";
import { seconds, skipped, type Verdict, verdict } from "./verdict.ts";

type ToolExpectation = Extract<Expectation, { type: "tool" }>;

/**
 * A tool was carried out so often, with these arguments among others, each time after the caller had heard something.
 * With `times: 0`, calls that the server refused count as well.
 */
export function checkTool(
  { name, with: wanted = {}, times, afterHeard }: ToolExpectation,
  record: RecordedCall,
  evidence: CallEvidence,
): Verdict {
  const args = Object.keys(wanted).length > 0 ? [`with ${JSON.stringify(wanted)}`] : [];
  const particulars = [
    ...args,
    ...(times === undefined ? [] : [times === 1 ? "once" : `${times} times`]),
    ...(afterHeard === undefined ? [] : [`after "${afterHeard}" was heard`]),
  ];
  const expected = times === 0
    ? [`${name} is not called`, ...args].join(" ")
    : [`${name} is called`, ...particulars].join(" ");
  const calls = record.tools.filter((tool) => tool.name === name);
  const asked = calls.filter((tool) => isPartOf(wanted, tool.arguments));
  const fitting = times === 0 ? asked : asked.filter((tool) => !isRefused(tool));
  const atOf = (tool?: RecordedTool) => tool && tool.startedMs + recordOffset(record, evidence);
  const at = atOf(fitting[0]);
  if (times !== undefined && fitting.length !== times) {
    const refused = times === 0 ? 0 : asked.length - fitting.length;
    const besides = refused === 0 ? "" : `, ${refused} called, but refused`;
    const found = `${fitting.length} such calls of ${calls.length}${besides}`;
    return verdict(expected, false, found, at ?? atOf(asked[0]));
  }
  if (times === 0) {
    const found = calls.length === 0 ? "not called" : `called, but not so, ${calls.length} times`;
    return verdict(expected, true, found);
  }
  if (at === undefined) {
    const refused = asked.at(-1);
    const found = refused === undefined
      ? describeCalls(calls, record.tools)
      : `called, but refused: ${refused.output}`;
    return verdict(expected, false, found, atOf(refused));
  }
  if (afterHeard === undefined) return verdict(expected, true, `at ${seconds(at)}`, at);
  const untold = wordsUntold(evidence);
  if (untold !== undefined) return skipped(expected, untold);
  const heard = findHeard(afterHeard, evidence);
  if (heard === undefined) return verdict(expected, false, "that was never heard", at);
  const first = fitting.length === 1 ? "called" : `called ${fitting.length} times, first`;
  const found = `${first} at ${seconds(at)}, heard by ${seconds(heard.toMs)}`;
  return verdict(expected, heard.toMs <= at, found, at);
}

function describeCalls(calls: readonly RecordedTool[], all: readonly RecordedTool[]): string {
  if (calls.length > 0) return `called with ${JSON.stringify(calls.at(-1)?.arguments)}`;
  if (all.length === 0) return "no tool was called";
  return `called were ${[...new Set(all.map(({ name }) => name))].join(", ")}`;
}

export function checkTransfer(target: string, { transfers }: RecordedCall): Verdict {
  const expected = `the caller is put through to ${target}`;
  const meant = transfers.filter(({ alias }) => alias === target);
  const best = meant.find(({ isConnected }) => isConnected) ?? meant.at(-1);
  if (best === undefined) return verdict(expected, false, "no such transfer");
  return verdict(expected, best.isConnected, `it came to: ${best.step}`);
}

export function checkEnd(because: readonly string[], { end }: RecordedCall): Verdict {
  const expected = `the end is ${because.join(" or ")}`;
  const reason = end?.reason ?? "unknown";
  const found = end?.detail === undefined ? reason : `${reason} (${end.detail})`;
  return verdict(expected, because.includes(reason), found);
}

export function checkField(name: string, wanted: string, found: string | undefined): Verdict {
  return verdict(`${name} is ${wanted}`, found === wanted, found ?? "none");
}

export function checkAnalysis(
  fields: Readonly<Record<string, unknown>>,
  { analysis, analysisState }: RecordedCall,
): Verdict {
  const expected = `the analysis has ${JSON.stringify(fields)}`;
  if (analysis === undefined) {
    if (analysisState === "pending") {
      return skipped(expected, "the text model has not answered in time");
    }
    const found = analysisState === undefined ? "there is none" : `its state is ${analysisState}`;
    return verdict(expected, false, found);
  }
  return verdict(expected, isPartOf(fields, analysis), JSON.stringify(analysis));
}

export function checkCost(usd: number, { costUsd }: RecordedCall): Verdict {
  const expected = `it costs less than $${usd}`;
  if (costUsd === undefined) return verdict(expected, false, "the cost is not known");
  return verdict(expected, costUsd < usd, `$${costUsd.toFixed(4)}`);
}
