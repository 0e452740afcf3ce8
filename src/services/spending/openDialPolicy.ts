import type { Settings } from "../../config/settings.ts";
import type { DoNotCallList } from "../store.ts";
import type { SpendingPolicy } from "./dialPolicy.ts";

/** Loads the policy at its first use: the numbering plans of the world take time, and most runs never dial. */
export function openDialPolicy(
  { outbound, phone }: Pick<Settings, "outbound" | "phone">,
  doNotCall: Pick<DoNotCallList, "has">,
): () => Promise<SpendingPolicy> {
  let loading: Promise<SpendingPolicy> | undefined;
  return () => loading ??= load();

  async function load(): Promise<SpendingPolicy> {
    const { createSpendingPolicy } = await import("./dialPolicy.ts");
    return createSpendingPolicy({ ...outbound, ownNumber: phone?.number ?? "" }, doNotCall);
  }
}
