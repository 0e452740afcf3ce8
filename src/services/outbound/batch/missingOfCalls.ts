import type { Agents } from "../../../config/agents.ts";
import type { WorkSlices } from "../../../utils/workSlices.ts";
import { missingVariables } from "../../calls.ts";
import type { BatchRequest } from "./batchJob.ts";
import type { CheckedCall } from "./callChecks.ts";

/** Says of the calls that are made what their agents have variables for, and nothing gives. */
export async function withMissing(
  checked: readonly CheckedCall[],
  { agent: usual, variables: common = {} }: Pick<BatchRequest, "agent" | "variables">,
  { agents, slices }: {
    readonly agents: Pick<Agents, "get">;
    readonly slices: Pick<WorkSlices, "pause">;
  },
): Promise<readonly CheckedCall[]> {
  const given = Object.keys(common);
  const told: CheckedCall[] = [];
  for (const each of checked) {
    await slices.pause();
    const agent = agents.get(each.call.agent ?? usual);
    const missing = each.ok && agent !== undefined
      ? missingVariables(agent, [...new Set([...given, ...Object.keys(each.call.variables ?? {})])])
      : [];
    told.push(each.ok && missing.length > 0 ? { ...each, missing } : each);
  }
  return told;
}

/** Of all calls, in the order of the alphabet. */
export function missingAmong(checked: readonly CheckedCall[]): readonly string[] {
  const names = new Set(checked.flatMap((each) => each.ok ? each.missing ?? [] : []));
  return [...names].sort();
}
