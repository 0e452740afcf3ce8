import type { Settings } from "../../config/settings.ts";
import type { DoNotCallList } from "../store.ts";
import type { DialPolicy } from "./dialPolicy.ts";

/** Loads the policy at its first use: the numbering plans of the world take time, and most runs never dial. */
export function openDialPolicy(
  { outbound, phone }: Pick<Settings, "outbound" | "phone">,
  doNotCall: Pick<DoNotCallList, "has">,
): () => Promise<DialPolicy> {
  let loading: Promise<DialPolicy> | undefined;
  return () => loading ??= load();

  async function load(): Promise<DialPolicy> {
    const { createDialPolicy } = await import("./dialPolicy.ts");
    return createDialPolicy({ ...outbound, ownNumber: phone?.number ?? "" }, doNotCall);
  }
}
