import type { ModelSetup } from "../../call/modelSetup.ts";
import type { ModelLoss, OpenModel, RealtimeClient } from "../../call/realtimeClient.ts";
import { newId } from "../../utils/ids.ts";
import { OpeningLimit } from "../../utils/openingLimit.ts";
import { present } from "../../utils/present.ts";
import type { ConnectionOptions } from "./connectionOptions.ts";
import { credentialsFor, type KeyHeader } from "./credentials.ts";
import { ModelFaults } from "./modelFaults.ts";
import { openNativeSocket } from "./nativeSocket.ts";
import { openNoDelaySocket } from "./noDelaySocket.ts";
import { RealtimeConnection } from "./realtimeConnection.ts";
import { RefusedParts } from "./refusedParts.ts";
import type { SocketTarget } from "./socket.ts";

/** Where the models are, and how to reach them; without `faults` refusals are only logged. */
export interface OpenModelOptions
  extends Partial<Omit<ConnectionOptions, "openSocket" | "refusedParts" | "log">> {
  /** `wss://...` or `ws://...`, without the model. */
  readonly url: string;
  readonly apiKey?: string;
  readonly auth?: KeyHeader;
  /** `nodelay`: small messages leave at once. `native`: also through a proxy. */
  readonly socket?: "nodelay" | "native";
  readonly log: ConnectionOptions["log"];
  /** Limit for all calls together; each has a far lower one of its own, so that it takes from no other. */
  readonly maxOpeningsPerMinute?: number;
}

/** Opens model connections to a server that speaks the OpenAI Realtime protocol. */
export function createOpenModel({
  url,
  apiKey,
  auth = "auto",
  socket = "native",
  maxOpeningsPerMinute = Infinity,
  ...given
}: OpenModelOptions): OpenModel {
  const { log, now = () => performance.now() } = given;
  const headers = apiKey === undefined ? {} : credentialsFor(url, apiKey, auth);
  const options: ConnectionOptions = {
    openSocket: socket === "nodelay" ? openNoDelaySocket : openNativeSocket,
    // A server that has fallen silent is noticed within ten seconds, at whatever point.
    connectTimeoutMs: 5_000,
    readyTimeoutMs: 3_000,
    heartbeatMs: 5_000,
    heartbeatTimeoutMs: 4_000,
    maxHeldAudioMs: 60_000,
    maxBufferedBytes: 2 ** 20,
    fetch: globalThis.fetch,
    now,
    wallClock: () => Date.now(),
    faults: new ModelFaults({ log, now }),
    refusedParts: new RefusedParts({ now }),
    ...given,
  };
  const limit = new OpeningLimit([{ withinMs: 60_000, max: maxOpeningsPerMinute }]);
  return (setup, sink, callId) => {
    if (maxOpeningsPerMinute === Infinity || limit.tryOpen(now())) {
      const target = targetOf(url, { ...headers, ...requestIdOf(callId) }, setup);
      return new RealtimeConnection(target, setup, sink, options);
    }
    let closed = false;
    queueMicrotask(() => closed || sink.onInput({ type: "modelLost", loss: LIMIT_REACHED }));
    return { ...NEVER_OPENED, close: () => void (closed = true) };
  };
}

const LIMIT_REACHED: ModelLoss = { code: "open_limit", retry: "backoff" };

const NEVER_OPENED: Omit<RealtimeClient, "close"> = {
  sendAudio() {},
  commitAudio() {},
  clearInputBuffer() {},
  send() {},
  changeSetup() {},
  giveHistory() {},
};

/** By it the provider finds the connection of a call; it has to be another for each request. */
function requestIdOf(callId: string | undefined): Readonly<Record<string, string>> {
  return callId === undefined ? {} : { "X-Client-Request-Id": newId(callId) };
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
    headers: { ...headers, ...present({ "OpenAI-Safety-Identifier": safetyId }) },
  };
}
