/// <reference lib="dom" />
import type { ServerMessage } from "../../protocol/web.ts";
import type { CallClosed } from "../talk/lastingConnection.ts";
import { keepAwake } from "../talk/wakeLock.ts";
import { startCall, type WebCall } from "../talk/webCall.ts";
import { CallFault, callFaultOf } from "./callFault.ts";
import { CallProgress } from "./callProgress.ts";
import { ClientTools } from "./clientTools.ts";
import type { CallEnd, connect as Connect, ConnectOptions } from "./sdk.d.ts";
import { SoundFaults } from "./soundFaults.ts";

export type * from "./sdk.d.ts";

/** As its type in `sdk.d.ts` says. */
export const connect: typeof Connect = async function connect(options) {
  const { signal = new AbortController().signal, ...events } = options;
  signal.throwIfAborted();
  const server = serverOf(options);
  const progress = new CallProgress(events.onState);
  const tools = new ClientTools(options.clientTools ?? {});
  const faults = new SoundFaults({
    onFault: (error) => events.onError?.(error),
    onRecovered: (code) => events.onRecovered?.(code),
  });
  let live: WebCall | undefined;
  let end: CallEnd | undefined;
  let allowSleep = () => {};
  const leaving = new AbortController();

  try {
    live = await startCall({
      server,
      key: keyOf(options),
      session: {
        agent: options.agent ?? "",
        ...(options.variables && { variables: options.variables }),
        ...(options.context !== undefined && { context: options.context }),
      },
      microphone: options.microphone !== false,
      sound: {
        microphone: typeof options.microphone === "string" ? options.microphone : "",
        speaker: options.speaker ?? "",
        volume: bounded(options.volume ?? 1),
        pushToTalk: false,
      },
      tools: tools.names,
    }, {
      onConnecting() {},
      onIgnored: (parts) =>
        console.warn(`The agent's file does not let pages tell it ${parts.join(", ")}.`),
      onMessage: receive,
      onSound: (sound) => faults.update(sound),
      onDevice: (change, name) => events.onDevice?.(change, name),
      onLost: () => progress.enter("lost"),
      onBack: () => progress.enter("live"),
      onClose: closed,
    }, signal);
  } catch (cause) {
    finish();
    if (signal.aborted) throw signal.reason;
    throw callFaultOf(cause);
  }
  const call = live;
  if (signal.aborted) {
    call.hangUp();
    finish();
    throw signal.reason;
  }
  allowSleep = keepAwake();
  progress.enter("live");
  // Devices are released now: a page that is left may be frozen without another event.
  addEventListener("pagehide", () => hangUp("page_left"), { signal: leaving.signal });

  return {
    id: call.id,
    hasMicrophone: call.hasMicrophone,
    get state() {
      return progress.state;
    },
    get muted() {
      return call.muted;
    },
    mute: (muted) => void (call.muted = muted),
    interrupt: () => call.send({ type: "interrupt" }),
    sendText: (text) => call.send({ type: "text", text }),
    sendContext: (text) => call.send({ type: "context", text }),
    sendDigit: (digit) => call.send({ type: "dtmf", digit }),
    setVolume: (volume) => void (call.volume = bounded(volume)),
    setMicrophone: (deviceId) =>
      call.useMicrophone(deviceId).catch((cause) => Promise.reject(callFaultOf(cause))),
    setSpeaker: (deviceId) =>
      call.useSpeaker(deviceId).catch((cause) =>
        Promise.reject(new CallFault("speaker_not_changed", undefined, { cause }))
      ),
    levels: () => ({ visitor: call.caller(), agent: call.agent() }),
    resumeSound: call.resumeSound,
    end: () => hangUp("caller_hung_up"),
  };

  function hangUp(reason: string): void {
    if (progress.state === "ended") return;
    call.hangUp();
    finish({ reason });
  }

  function receive(message: ServerMessage): void {
    switch (message.type) {
      case "transcript": {
        const { type: _, role, ...line } = message;
        return events.onTranscript?.({ ...line, role: role === "caller" ? "visitor" : role });
      }
      case "tool": {
        const { type: _, ...tool } = message;
        return events.onTool?.(tool);
      }
      case "latency":
        return events.onLatency?.({ id: message.id, totalMs: message.totalMs });
      case "speaking":
        return progress.speaking(message.who, message.on);
      case "notice":
        return events.onNotice?.(message.code);
      case "error":
        return events.onError?.(new CallFault(message.code, message.error));
      case "tool_call":
        tools.answer(message).then((answer) => live?.send(answer));
        return;
      case "ended": {
        const { reason, detail } = message;
        end = { reason, ...(detail !== undefined && { detail }) };
        return;
      }
    }
  }

  function closed({ code, end: told }: CallClosed): void {
    finish(end ?? told ?? endBy(code));
  }

  /** Without an end the call has never begun. */
  function finish(end?: CallEnd): void {
    if (progress.state === "ended") return;
    faults.close();
    leaving.abort();
    allowSleep();
    progress.enter("ended");
    if (end !== undefined) events.onEnd?.(end);
  }
};

/** The server that this module comes from; undefined for one of a package. */
const OWN = /\/assets\/sdk\/sdk\.ts$/.test(import.meta.url)
  ? new URL("../../", import.meta.url)
  : undefined;

function serverOf({ server = OWN }: ConnectOptions): URL {
  const url = server === undefined ? null : URL.parse(server);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new CallFault(
      "invalid_options",
      "server must be an address such as https://voice.example.com.",
    );
  }
  if (!url.pathname.endsWith("/")) url.pathname += "/";
  return url;
}

function keyOf(
  { key, token }: ConnectOptions,
): string | ((signal: AbortSignal) => Promise<string>) {
  if (key === undefined && token === undefined) {
    throw new CallFault("invalid_options", "connect() needs a public key, or token.");
  }
  return token ?? key ?? "";
}

function bounded(volume: number): number {
  return Math.min(1, Math.max(0, volume));
}

/** Where the server had no time to say why. */
function endBy(code: number): CallEnd {
  return { reason: code === TAKEN_OVER ? "taken_over" : "connection_lost", detail: String(code) };
}

/** Another page has come back to the call. */
const TAKEN_OVER = 4001;
