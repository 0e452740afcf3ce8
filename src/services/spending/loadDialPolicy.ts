import type { Settings } from "../../config/settings.ts";
import type { DialPolicy, DialPolicyDeps } from "./dialPolicy.ts";

/** The policy of the settings. The numbering plans of the world take time to load, and the first look at any clock. */
export async function loadDialPolicy(
  { outbound, phone }: Pick<Settings, "outbound" | "phone">,
  deps: DialPolicyDeps,
  now: number,
): Promise<DialPolicy> {
  const { createDialPolicy } = await import("./dialPolicy.ts");
  const loaded = createDialPolicy({ ...outbound, ownNumber: phone?.number ?? "" }, deps);
  loaded.makeReady(now);
  return loaded;
}
