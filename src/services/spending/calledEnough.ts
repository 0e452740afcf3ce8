import type { WorkSlices } from "../../utils/workSlices.ts";
import type { Budget, BudgetAccount } from "../store.ts";

/** A call that is to be placed at a time, in milliseconds since 1970. */
export interface PlannedCall {
  readonly keyName: string;
  readonly agent: string;
  readonly to: string;
  readonly at: number;
}

export interface CalledEnoughDeps {
  readonly budget: Pick<Budget, "callsOn">;
  /** The accounts for which a call would count. */
  readonly accountsOf: (call: PlannedCall) => Promise<readonly BudgetAccount[]>;
}

/** Those of some hundred calls whose number has been called often enough on their day. */
export async function findCalledEnough<Call extends PlannedCall>(
  calls: readonly Call[],
  { budget, accountsOf }: CalledEnoughDeps,
  slices: Pick<WorkSlices, "pause">,
): Promise<ReadonlySet<Call>> {
  const limited = [];
  for (const call of calls) {
    await slices.pause();
    const account = (await accountsOf(call)).find(({ scope }) => scope === "number");
    const most = account?.limits.dailyCalls;
    if (account === undefined || most === undefined) continue;
    const { subject, dayOffsetMs } = account;
    limited.push({ call, most, subject, dayOffsetMs, at: call.at });
  }
  const made = await budget.callsOn("number", limited);
  return new Set(
    limited.filter(({ most }, at) => (made[at] ?? 0) >= most).map(({ call }) => call),
  );
}
