import { createRecordingLinks } from "../../../src/routes/recordingLinks.ts";
import { recordingPeaksRoutes } from "../../../src/routes/recordingPeaks.ts";
import { recordingsRoutes } from "../../../src/routes/recordings.ts";
import { createCallLookup } from "../../../src/services/calls/callLookup.ts";
import { openRecordings } from "../../../src/services/recording/openRecordings.ts";
import { PlainFile } from "../../../src/services/recording/plainFile.ts";
import { recordingKey, SealedFile } from "../../../src/services/recording/sealedFile.ts";
import type { AudioFormat } from "../../../src/utils/audio/audioFormat.ts";
import { setTimer } from "../../../src/utils/clock.ts";
import type { ApiServerOptions } from "./apiServer.ts";

const KEY = new Uint8Array(32).fill(7);

/** A folder of recordings, and what mounts their routes on a server whose calls only record. */
export async function recordedApi() {
  const dir = await Deno.makeTempDir({ prefix: "recordings-" });
  const recordings = openRecordings({
    settings: { recordings: { dir, keys: [KEY], maxMs: 3_600_000, minFreeBytes: 0 } },
    agents: { names: [], get: () => undefined, onChange: () => () => {} },
    incidents: { report() {}, resolve() {} },
    setTimer,
    log: { warn() {} },
  });
  const revoked = new Set<string>();
  const clock = { now: Date.UTC(2027, 0, 1), address: "203.0.113.1" };
  const mount: NonNullable<ApiServerOptions["mount"]> = (router, { store, access }) => {
    const lookup = createCallLookup({
      registry: { get: () => undefined },
      callStore: store.calls,
      recorder: { holds: () => false, flush: () => Promise.resolve() },
      instanceId: "test",
      setTimer,
    });
    const removal = { remove: (callId: string) => recordings.remove([callId]) };
    const links = createRecordingLinks({
      secret: () => Promise.resolve("a secret of all processes"),
      isRevoked: (name) => revoked.has(name),
      now: () => clock.now,
    });
    const deps = {
      ...{ access, lookup, recordings, removal, callStore: store.calls, instanceId: "test" },
    };
    router.route(
      "/",
      recordingsRoutes({ ...deps, links, addressOf: () => clock.address, now: () => clock.now }),
    );
    router.route("/", recordingPeaksRoutes(deps));
  };
  return {
    ...{ dir, mount, recordings },
    /** Of links: names of revoked keys, the time in milliseconds since 1970, and the client's address. */
    ...{ revoked, clock },
    /** Writes audio of both sides, side by side, as the recording of a call. */
    write(callId: string, format: AudioFormat, audio: Uint8Array, sealed = false): void {
      const file = sealed
        ? SealedFile.create(`${dir}/${callId}.wav.sealed`, format, recordingKey(KEY))
        : PlainFile.create(`${dir}/${callId}.wav`, format);
      file.write(0, audio);
      file.flush();
      file.close();
    },
    async [Symbol.asyncDispose]() {
      await recordings[Symbol.asyncDispose]();
      await Deno.remove(dir, { recursive: true });
    },
  };
}
