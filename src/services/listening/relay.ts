import { z } from "zod";
import type { InstanceBus, InstanceRpc } from "../cluster.ts";
import type { Clock } from "../../utils/clock.ts";
import { present } from "../../utils/present.ts";
import { decodeBase64, encodeBase64, isBase64 } from "../../utils/audio/audioFormat.ts";
import { type ListeningEnd, listeningRefusals } from "./listener.ts";
import type { LocalListening } from "./localListening.ts";
import type { StereoPiece } from "./stereoMixer.ts";

export interface RelayDeps extends Clock {
  readonly bus: Pick<InstanceBus, "instanceId" | "publish" | "subscribe">;
  readonly rpc: Pick<InstanceRpc, "handle">;
  readonly local: LocalListening;
}

/** What processes tell each other about listening; of those who listen elsewhere, `kept` comes now and then. */
export const LISTEN = "listen";
export const SOUND = "listening_sound";
export const KEPT = "listening_kept";
export const OVER = "listening_over";
export const KEPT_EVERY_MS = 10_000;

/** A request to hear a call of another process. */
export const listenRequest = z.object({
  callId: z.string(),
  id: z.string(),
  by: z.string().optional(),
});
export const listenAnswer = z.enum(["ok", ...listeningRefusals]);
export const listenerIds = z.object({ ids: z.array(z.string()) });

/** Sound of a call, for all processes in which somebody hears it; or its end. */
export const soundMessage = z.object({
  callId: z.string(),
  pieces: z.array(z.object({
    atMs: z.number(),
    isSilenced: z.boolean(),
    audio: z.string().max(4000).refine(isBase64),
  })).max(4),
  end: z.enum(["ended", "moved"]).optional(),
});

export function readPieces(
  { pieces }: Pick<z.infer<typeof soundMessage>, "pieces">,
): readonly StereoPiece[] {
  return pieces.map(({ audio, ...piece }) => ({ ...piece, audio: decodeBase64(audio) }));
}

/** Two tenths of a second fit into one payload of Postgres. */
const PIECES = 2;
/** A bus that takes longer gets less. */
const MAX_WAITING = 10;
/** Of other processes that say nothing more. */
const LOST_MS = 3.5 * KEPT_EVERY_MS;
/** So many calls are heard elsewhere at a time: five messages a second for each. */
const MAX_CALLS = 10;

/** Sends what is heard of calls of this process to those in which somebody listens to them. */
export function createRelay({ bus, rpc, local, now, setTimer }: RelayDeps) {
  const calls = new Map<string, Map<string, Elsewhere>>();
  let cancel: (() => void) | undefined;

  rpc.handle(LISTEN, (body) => {
    const { data } = listenRequest.safeParse(body);
    return data && listen(data);
  });
  const unsubscribe = [
    bus.subscribe(KEPT, (body) => {
      for (const id of idsIn(body)) {
        for (const listeners of calls.values()) {
          const one = listeners.get(id);
          if (one !== undefined) one.keptAt = now();
        }
      }
    }),
    bus.subscribe(OVER, (body) => {
      for (const id of idsIn(body)) for (const callId of [...calls.keys()]) leave(callId, id);
    }),
  ];

  function listen({ callId, id, by }: z.infer<typeof listenRequest>): z.infer<typeof listenAnswer> {
    const listeners = calls.get(callId) ?? new Map<string, Elsewhere>();
    if (!calls.has(callId) && calls.size >= MAX_CALLS) return "too_many";
    const sending = listeners.values().next().value?.sending ?? createSending(callId);
    const stop = local.listen(callId, {
      id,
      ...present({ by }),
      // The first hears for all: they are sent the same.
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
    return {
      add(piece) {
        waiting.push(piece);
        waiting = waiting.slice(-MAX_WAITING);
        if (waiting.length >= PIECES) send();
      },
      end(why) {
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

function idsIn(body: unknown): readonly string[] {
  return listenerIds.safeParse(body).data?.ids ?? [];
}
