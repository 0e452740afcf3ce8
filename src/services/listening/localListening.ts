import type { CallRegistry } from "../../call/registry.ts";
import type { CallSession } from "../../call/sessionApi.ts";
import { isCallEnd } from "../../call/types.ts";
import type { Clock } from "../../utils/clock.ts";
import type { Log } from "../../utils/logger.ts";
import { present } from "../../utils/present.ts";
import type { Listener, ListeningRefusal } from "./listener.ts";
import { PIECE_MS, StereoMixer } from "./stereoMixer.ts";

/** `now` is that of sessions. */
export interface LocalListeningDeps extends Clock {
  readonly registry: Pick<CallRegistry, "get">;
  readonly limits: ListeningLimits;
  readonly log: Pick<Log, "warn">;
}

export interface ListeningLimits {
  readonly perCall: number;
  /** Of the calls of this process. */
  readonly all: number;
}

/** Listenings of one call: its record keeps each. */
const MAX_TIMES = 200;

/** Lets people hear the calls of this process. */
export type LocalListening = ReturnType<typeof createLocalListening>;

/** Creates it. Without listeners it has no timer and hears no audio. */
export function createLocalListening({ registry, limits, now, setTimer, log }: LocalListeningDeps) {
  const heard = new Map<string, HeardCall>();
  const times = new WeakMap<CallSession, number>();
  let all = 0;

  /** Returns what ends it; calling that twice does nothing. */
  function listen(callId: string, listener: Listener): (() => void) | ListeningRefusal {
    const session = registry.get(callId);
    if (session === undefined || session.hasEnded) return "not_live";
    const count = times.get(session) ?? 0;
    const here = heard.get(callId)?.listeners.size ?? 0;
    if (here >= limits.perCall || count >= MAX_TIMES) return "too_many_of_call";
    if (all >= limits.all) return "too_many";
    all++;
    times.set(session, count + 1);
    const call = heard.get(callId) ?? open(session);
    call.listeners.add(listener);
    const { id, by } = listener;
    session.input({ type: "listening", on: true, id, ...present({ by }) });
    return () => {
      if (!call.listeners.delete(listener)) return;
      all--;
      session.input({ type: "listening", on: false, id, ...present({ by }) });
      if (call.listeners.size === 0) call.close();
    };
  }

  function open(session: CallSession): HeardCall {
    const mixer = new StereoMixer(now, () => session.recordingState === "paused");
    const { stop, ...line } = session.listenIn(mixer);
    mixer.begin(line);
    const listeners = new Set<Listener>();
    let cancel = setTimer(pass, PIECE_MS);
    const call: HeardCall = {
      listeners,
      close() {
        cancel();
        stop();
        if (heard.get(session.id) === call) heard.delete(session.id);
      },
    };
    heard.set(session.id, call);
    session.ended.then((end) => {
      all -= listeners.size;
      const left = [...listeners];
      listeners.clear();
      call.close();
      for (const listener of left) tell(() => listener.end(isCallEnd(end) ? "ended" : "moved"));
    });
    return call;

    function pass(): void {
      cancel = setTimer(pass, PIECE_MS);
      for (const piece of mixer.take()) {
        for (const listener of [...listeners]) tell(() => listener.hear(piece));
      }
    }
  }

  function tell(what: () => void): void {
    try {
      what();
    } catch (error) {
      log.warn("Listener not told", { error });
    }
  }

  return { listen };
}

interface HeardCall {
  readonly listeners: Set<Listener>;
  close(): void;
}
