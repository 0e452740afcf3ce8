import type { InstanceBus, InstanceRpc } from "../cluster.ts";
import type { Clock } from "../../utils/clock.ts";
import { present } from "../../utils/present.ts";
import { encodeBase64 } from "../../utils/audio/audioFormat.ts";
import type { ListeningEnd } from "./listener.ts";
import type { LocalListening } from "./localListening.ts";
import {
  KEPT,
  KEPT_EVERY_MS,
  LISTEN,
  type ListenAnswer,
  type ListenRequest,
  listenRequest,
  OVER,
  readListenerIds,
  SOUND,
} from "./relayMessages.ts";
import type { StereoPiece } from "./stereoMixer.ts";

export interface RelayDeps extends Clock {
  readonly bus: Pick<InstanceBus, "publish" | "subscribe">;
  readonly rpc: Pick<InstanceRpc, "handle">;
  readonly local: LocalListening;
}

/** Two tenths of a second fit into one payload of Postgres. */
const PIECES = 2;
/** Pieces beyond it are dropped, the oldest first: a slow bus delays no listener. */
const MAX_WAITING = 10;
/** A listener whose process has not confirmed it for so long is gone. */
const LOST_MS = 3.5 * KEPT_EVERY_MS;
/** Calls heard in other processes at a time: each is five messages a second on the bus. */
const MAX_CALLS = 10;

/** Sends the sound of this process's calls to the processes with listeners to them. */
export function createRelay({ bus, rpc, local, now, setTimer }: RelayDeps) {
  const calls = new Map<string, Map<string, Elsewhere>>();
  let cancel: (() => void) | undefined;

  rpc.handle(LISTEN, (body) => {
    const { data } = listenRequest.safeParse(body);
    return data && listen(data);
  });
  const unsubscribe = [
    bus.subscribe(KEPT, (body) => {
      for (const id of readListenerIds(body)) {
        for (const listeners of calls.values()) {
          const one = listeners.get(id);
          if (one !== undefined) one.keptAt = now();
        }
      }
    }),
    bus.subscribe(OVER, (body) => {
      for (const id of readListenerIds(body)) {
        for (const callId of [...calls.keys()]) leave(callId, id);
      }
    }),
  ];

  function listen({ callId, id, by }: ListenRequest): ListenAnswer {
    const listeners = calls.get(callId) ?? new Map<string, Elsewhere>();
    if (!calls.has(callId) && calls.size >= MAX_CALLS) return "too_many_relayed";
    const sending = listeners.values().next().value?.sending ?? createSending(callId);
    const stop = local.listen(callId, {
      id,
      ...present({ by }),
      // The bus reaches every process: one listener's pieces are enough for all.
      hear: (piece) => void (first(callId) === id && sending.add(piece)),
      end(why) {
        if (first(callId) === id) sending.end(why);
        forget(callId, id);
      },
    });
    if (typeof stop === "string") return stop;
    calls.set(callId, listeners.set(id, { stop, sending, keptAt: now() }));
    cancel ??= setTimer(look, KEPT_EVERY_MS);
    return "ok";
  }

  function first(callId: string): string | undefined {
    return calls.get(callId)?.keys().next().value;
  }

  function createSending(callId: string): Sending {
    let waiting: StereoPiece[] = [];
    let isSending = false;
    let over: ListeningEnd | undefined;
    let isOver = false;
    return {
      add(piece) {
        waiting.push(piece);
        waiting = waiting.slice(-MAX_WAITING);
        if (waiting.length >= PIECES) send();
      },
      // Each listener of the call is told of its end: the first is enough for all.
      end(why) {
        if (isOver) return;
        isOver = true;
        over = why;
        send();
      },
    };

    function send(): void {
      if (isSending || waiting.length === 0 && over === undefined) return;
      isSending = true;
      const pieces = waiting.splice(0, PIECES)
        .map((piece) => ({ ...piece, audio: encodeBase64(piece.audio) }));
      const end = waiting.length === 0 ? over : undefined;
      if (end !== undefined) over = undefined;
      bus.publish(SOUND, { callId, pieces, ...present({ end }) }).catch(() => {}).then(() => {
        isSending = false;
        if (waiting.length >= PIECES || over !== undefined) send();
      });
    }
  }

  function look(): void {
    cancel = undefined;
    for (const [callId, listeners] of calls) {
      for (const [id, { keptAt }] of listeners) if (now() - keptAt > LOST_MS) leave(callId, id);
    }
    if (calls.size > 0) cancel = setTimer(look, KEPT_EVERY_MS);
  }

  function leave(callId: string, id: string): void {
    calls.get(callId)?.get(id)?.stop();
    forget(callId, id);
  }

  function forget(callId: string, id: string): void {
    const listeners = calls.get(callId);
    listeners?.delete(id);
    if (listeners?.size === 0) calls.delete(callId);
  }

  return {
    close(): void {
      cancel?.();
      for (const stop of unsubscribe) stop();
    },
  };
}

interface Elsewhere {
  readonly stop: () => void;
  readonly sending: Sending;
  keptAt: number;
}

interface Sending {
  add(piece: StereoPiece): void;
  end(why: ListeningEnd): void;
}
