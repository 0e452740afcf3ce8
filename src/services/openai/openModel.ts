import type { ModelSetup } from "../../call/modelSetup.ts";
import type { OpenModel } from "../../call/realtimeClient.ts";
import type { ConnectionOptions } from "./connectionOptions.ts";
import { createModelFaults, type ModelFaults } from "./modelFaults.ts";
import { credentialsFor, type KeyHeader } from "./credentials.ts";
import { openNativeSocket } from "./nativeSocket.ts";
import { limitOpenings } from "./openingLimitPerProcess.ts";
import { RealtimeConnection } from "./realtimeConnection.ts";
import { RefusedParts } from "./refusedParts.ts";
import type { SocketTarget } from "./socket.ts";
import { createWsOpener } from "./wsSocket.ts";
import { present } from "../../utils/present.ts";

/** Where the models are, and how to reach them. */
export interface OpenModelOptions {
  /** `wss://...` or `ws://...`, without the model. */
  readonly url: string;
  readonly apiKey?: string;
  readonly auth?: KeyHeader;
  readonly organization?: string;
  readonly project?: string;
  /** `ws` sends each frame at once, at some more CPU. */
  readonly socket?: "native" | "ws";
  readonly log: ConnectionOptions["log"];
  /** Where refusals are reported; without it they are only logged. */
  readonly faults?: ModelFaults;
  /** Limit for all calls of this instance. */
  readonly maxOpeningsPerMinute?: number;
  readonly connectTimeoutMs?: number;
  /** How long the session's set-up may stay unconfirmed before the call goes on without. */
  readonly readyTimeoutMs?: number;
  /** How long the server may be silent before it is asked for a sign of life. */
  readonly heartbeatMs?: number;
  readonly heartbeatTimeoutMs?: number;
  readonly maxHeldAudioMs?: number;
  readonly maxBufferedBytes?: number;
  readonly fetch?: typeof globalThis.fetch;
  /** Monotonic milliseconds. */
  readonly now?: () => number;
  /** Milliseconds since 1970. */
  readonly wallClock?: () => number;
}

/** Makes calls' model ends out of sessions with a server that speaks the OpenAI Realtime protocol. */
export function createOpenModel({
  url,
  apiKey,
  auth = "auto",
  organization,
  project,
  socket = "native",
  connectTimeoutMs = 10_000,
  readyTimeoutMs = 3_000,
  heartbeatMs = 8_000,
  heartbeatTimeoutMs = 7_000,
  maxHeldAudioMs = 60_000,
  maxBufferedBytes = 2 ** 20,
  fetch = globalThis.fetch,
  now = () => performance.now(),
  wallClock = () => Date.now(),
  log,
  faults = createModelFaults({ log, now }),
  maxOpeningsPerMinute = Infinity,
}: OpenModelOptions): OpenModel {
  const headers = {
    ...(apiKey !== undefined && credentialsFor(url, apiKey, auth)),
    ...present({ "OpenAI-Organization": organization, "OpenAI-Project": project }),
  };
  const options = {
    openSocket: socket === "ws" ? createWsOpener() : openNativeSocket,
    connectTimeoutMs,
    readyTimeoutMs,
    heartbeatMs,
    heartbeatTimeoutMs,
    maxHeldAudioMs,
    maxBufferedBytes,
    fetch,
    now,
    wallClock,
    log,
    faults,
    refusedParts: new RefusedParts({ now }),
  };
  return limitOpenings(
    (setup, sink) => new RealtimeConnection(targetOf(url, headers, setup), setup, sink, options),
    { maxPerMinute: maxOpeningsPerMinute, now },
  );
}

function targetOf(
  base: string,
  headers: Readonly<Record<string, string>>,
  { model, safetyId }: ModelSetup,
): SocketTarget {
  const url = new URL(base);
  url.searchParams.set("model", model);
  return {
    url: url.href,
    headers: {
      ...headers,
      ...present({ "OpenAI-Safety-Identifier": safetyId }),
    },
  };
}
