import { remoteServers } from "./against/remoteServers.ts";
import { numberServers } from "./call/numberServers.ts";
import type { RehearseOptions } from "./rehearseOptions.ts";
import { ownServers } from "./server/ownServers.ts";
import type { ScenarioServers, ServerSources } from "./serverSources.ts";

/**
 * A number that is called, a server that runs elsewhere, or one for each scenario. Rejects with a `TypeError` where
 * there can be none.
 */
export async function openServers(
  { against, keyFile, isBuiltIn, call, maxUsd }: Pick<
    RehearseOptions,
    "against" | "keyFile" | "isBuiltIn" | "call" | "maxUsd"
  >,
  sources: ServerSources,
): Promise<ScenarioServers> {
  if (call !== undefined) {
    return await numberServers({ to: call, confirm: sources.confirm }, sources);
  }
  return against === undefined
    ? ownServers({ isBuiltIn, maxUsd }, sources)
    : await remoteServers(against, keyFile, sources);
}
