import assert from "node:assert/strict";
import type { PhoneRig } from "./servers/phoneRig.ts";
import { apiKey, type ServedApp } from "./servers/phoneServer.ts";
import { readRecording, type Recorded } from "./recordings.ts";
import { until } from "./until.ts";

/** A folder for recordings, and settings by which a server keeps them there. */
export async function recordingFolder() {
  const dir = await Deno.makeTempDir({ prefix: "recordings-" });
  return {
    dir,
    env: { RECORDINGS_DIR: dir, RECORDING_MIN_FREE_MB: "0" },
    [Symbol.asyncDispose]: () => Deno.remove(dir, { recursive: true }),
  };
}

/** Asks with a key that may do everything. */
export function askFor(
  server: Pick<ServedApp, "request">,
  path: string,
  init: RequestInit = {},
): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set("Authorization", `Bearer ${apiKey}`);
  return server.request(path, { ...init, headers });
}

// deno-lint-ignore no-explicit-any -- a test looks at what it wants to of an answer
export async function detailOf(server: Pick<ServedApp, "request">, callId: string): Promise<any> {
  return await (await askFor(server, `/api/calls/${callId}`)).json();
}

/** The record of a call whose recording is whole, and the recording. */
export async function finished(server: Pick<ServedApp, "request">, callId: string) {
  const record = await until(
    () => detailOf(server, callId),
    ({ status, recording }) => status === "ended" && recording?.bytes !== null,
  );
  const answer = await askFor(server, `/api/calls/${callId}/recording`);
  assert.equal(answer.status, 200, await (answer.ok ? "" : answer.text()));
  const bytes = new Uint8Array(await answer.arrayBuffer());
  assert.equal(bytes.length, record.recording.bytes);
  return { record, bytes, recorded: readRecording(bytes) };
}

/** What the recording of a call that goes on has so far. */
export async function soFar(rig: Pick<PhoneRig, "server">, callId: string): Promise<Recorded> {
  const answer = await askFor(rig.server, `/api/calls/${callId}/recording`);
  return readRecording(new Uint8Array(await answer.arrayBuffer()));
}

/** Stretches of sound, with where they begin: at least so many bytes of silence are between them. */
export function stretches(
  audio: Uint8Array,
  { silence = 0xff, apart = 800 }: { readonly silence?: number; readonly apart?: number } = {},
): readonly { readonly from: number; readonly audio: Uint8Array }[] {
  const found: { from: number; to: number }[] = [];
  for (let at = 0; at < audio.length; at++) {
    if (audio[at] === silence) continue;
    const last = found.at(-1);
    if (last !== undefined && at - last.to <= apart) last.to = at + 1;
    else found.push({ from: at, to: at + 1 });
  }
  return found.map(({ from, to }) => ({ from, audio: audio.subarray(from, to) }));
}
