import type { Agents } from "../../../config/agents.ts";
import type { WorkSlices } from "../../../utils/workSlices.ts";
import { present } from "../../../utils/present.ts";
import { missingVariables } from "../../calls.ts";
import type { BatchColumn } from "./batchColumns.ts";
import type { BatchRequest } from "./batchJob.ts";
import type { CheckedCall } from "./callChecks.ts";
import { faultyColumn } from "./faultyColumn.ts";

/**
 * Says of the calls that are made which variables of their agents nothing gives, and of the lines of a table
 * that are refused which column is at fault.
 */
export async function describeCalls(
  checked: readonly CheckedCall[],
  { agent: usual, variables: common = {} }: Pick<BatchRequest, "agent" | "variables">,
  { columns = [], agents, slices }: {
    readonly columns?: readonly BatchColumn[] | undefined;
    readonly agents: Pick<Agents, "get">;
    readonly slices: Pick<WorkSlices, "pause">;
  },
): Promise<readonly CheckedCall[]> {
  const given = Object.keys(common);
  const told: CheckedCall[] = [];
  for (const each of checked) {
    await slices.pause();
    if (!each.ok) {
      const column = faultyColumn(each.refusal, columns);
      told.push({ ...each, refusal: { ...each.refusal, ...present({ column }) } });
      continue;
    }
    const agent = agents.get(each.call.agent ?? usual);
    const names = [...new Set([...given, ...Object.keys(each.call.variables ?? {})])];
    const missing = agent === undefined ? [] : missingVariables(agent, names);
    told.push(missing.length === 0 ? each : { ...each, missing });
  }
  return told;
}

/** Of all calls, in the order of the alphabet. */
export function missingAmong(checked: readonly CheckedCall[]): readonly string[] {
  const names = new Set(checked.flatMap((each) => each.ok ? each.missing ?? [] : []));
  return [...names].sort();
}
