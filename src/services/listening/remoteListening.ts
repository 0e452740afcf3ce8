import type { InstanceBus, InstanceRpc } from "../cluster.ts";
import type { Clock } from "../../utils/clock.ts";
import { present } from "../../utils/present.ts";
import type { Listener, ListeningEnd, ListeningRefusal } from "./listener.ts";
import {
  KEPT,
  KEPT_EVERY_MS,
  LISTEN,
  listenAnswer,
  OVER,
  readPieces,
  SOUND,
  soundMessage,
} from "./relayMessages.ts";

export interface RemoteListeningDeps extends Clock {
  readonly bus: Pick<InstanceBus, "publish" | "subscribe">;
  readonly rpc: Pick<InstanceRpc, "request">;
}

/** A process that holds a call sends five messages a second of it. */
const SILENT_MS = 5000;
const LOOK_EVERY_MS = 1000;

/** Lets people hear calls that other processes of the same database hold. */
export function createRemoteListening({ bus, rpc, now, setTimer }: RemoteListeningDeps) {
  const calls = new Map<string, { readonly listeners: Set<Listener>; heardAt: number }>();
  let cancel: (() => void) | undefined;
  let keptAt = now();

  const unsubscribe = bus.subscribe(SOUND, (body) => {
    // Most of what comes is for others.
    if (calls.size === 0) return;
    const { data } = soundMessage.safeParse(body);
    const call = data && calls.get(data.callId);
    if (data === undefined || call === undefined) return;
    call.heardAt = now();
    for (const piece of readPieces(data)) {
      for (const listener of [...call.listeners]) listener.hear(piece);
    }
    if (data.end !== undefined) over(data.callId, data.end);
  });

  function over(callId: string, why: ListeningEnd): void {
    const { listeners = [] } = calls.get(callId) ?? {};
    calls.delete(callId);
    for (const listener of [...listeners]) listener.end(why);
  }

  function look(): void {
    cancel = undefined;
    for (const [callId, { heardAt }] of calls) {
      if (now() - heardAt > SILENT_MS) over(callId, "moved");
    }
    if (calls.size === 0) return;
    cancel = setTimer(look, LOOK_EVERY_MS);
    if (now() - keptAt < KEPT_EVERY_MS) return;
    keptAt = now();
    const ids = [...calls.values()].flatMap(({ listeners }) => [...listeners].map(({ id }) => id));
    bus.publish(KEPT, { ids }).catch(() => {});
  }

  return {
    /** As of this process; rejects with `InstanceTimeout` where that one does not answer. */
    async listen(
      callId: string,
      instanceId: string,
      listener: Listener,
    ): Promise<(() => void) | ListeningRefusal> {
      const { id, by } = listener;
      const body = { callId, id, ...present({ by }) };
      const answer = listenAnswer.parse(await rpc.request(LISTEN, body, instanceId));
      if (answer !== "ok") return answer;
      const call = calls.get(callId) ?? { listeners: new Set(), heardAt: now() };
      call.listeners.add(listener);
      calls.set(callId, call);
      cancel ??= setTimer(look, LOOK_EVERY_MS);
      return () => {
        if (!call.listeners.delete(listener)) return;
        if (call.listeners.size === 0 && calls.get(callId) === call) calls.delete(callId);
        bus.publish(OVER, { ids: [id] }).catch(() => {});
      };
    },
    close(): void {
      cancel?.();
      unsubscribe();
    },
  };
}
