import { present } from "../../../utils/present.ts";
import { readRegularFile } from "../../../utils/regularFile.ts";
import type { ScenarioServers, ServerSources } from "../serverSources.ts";
import { remoteKey } from "./remoteKey.ts";
import { reachServer } from "./remoteServer.ts";

const MAX_KEY_BYTES = 64 * 1024;

/** A server that runs elsewhere, for all scenarios. Rejects with a `TypeError` where it cannot be used. */
export async function remoteServers(
  origin: string,
  keyFile: string | undefined,
  { environment, voices, signal, print }: ServerSources,
): Promise<ScenarioServers> {
  const key = remoteKey(origin, {
    ...present({
      file: keyFile === undefined ? undefined : await readRegularFile(keyFile, MAX_KEY_BYTES),
      own: environment["PARLEY_KEY"],
      keys: environment["API_KEYS"],
      publicUrl: environment["PUBLIC_URL"],
    }),
  });
  const server = await reachServer({ origin, key, environment, voices, signal, print });
  return {
    engine: "the engine of that server",
    against: origin,
    notes: [
      `Against ${origin}: words are those of the server's own record, and when they sounded is told by the sound.`,
      ...(server.noPhone === undefined
        ? []
        : [`Scenarios of the phone are left out: ${server.noPhone}.`]),
    ],
    open: server.open,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
