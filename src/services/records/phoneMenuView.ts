import type { CallRecord } from "../store.ts";

/** The way through phone menus, and the times on hold, as the API shows them; null for calls without any. */
export function viewPhoneMenu({ phoneMenu }: Pick<CallRecord, "phoneMenu">) {
  if (phoneMenu === undefined) return null;
  const { steps, holds } = phoneMenu;
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  return {
    steps: steps.map(({ atMs, heard, times, keys }) => ({
      atMs,
      heard,
      times,
      keys: keys ?? null,
    })),
    holds: holds.map(({ fromMs, toMs, withheldMs }) => ({
      fromMs,
      toMs: toMs ?? null,
      withheldMs,
    })),
    holdMs: sum(holds.map(({ fromMs, toMs = fromMs }) => toMs - fromMs)),
    withheldMs: sum(holds.map(({ withheldMs }) => withheldMs)),
  };
}
