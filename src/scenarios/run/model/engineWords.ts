import type { RealtimeSession } from "../../../sim/openai/realtimeServer.ts";
import { callOfRequest } from "./callOfRequest.ts";

interface ToldCall {
  /** Its live connections, the oldest first: that one hears the caller. */
  sessions: readonly RealtimeSession[];
  /** Told while there was none. */
  waiting: string;
}

/**
 * Tells the built-in engine what callers say: words go to the connection that hears the call, and where that is lost
 * before a turn was made of them, to the next.
 */
export class EngineWords {
  readonly #calls = new Map<string, ToldCall>();

  /** Takes a connection in as it opens. */
  follow(session: RealtimeSession): void {
    const callId = callOfRequest(session.requestId ?? "");
    if (callId === undefined) return;
    const call = this.#callOf(callId);
    call.sessions = [...call.sessions, session];
    session.closed.then(() => this.#tell(call, ""));
    this.#tell(call, "");
  }

  tell(callId: string, words: string): void {
    this.#tell(this.#callOf(callId), words);
  }

  /** Tells words, and before them those that were lost with connections. */
  #tell(call: ToldCall, words: string): void {
    const lost = call.sessions.filter(({ isOpen }) => !isOpen);
    call.sessions = call.sessions.filter(({ isOpen }) => isOpen);
    const all = [call.waiting, ...lost.map((session) => session.takeWords()), words]
      .filter((each) => each !== "").join(" ");
    const [hearing] = call.sessions;
    call.waiting = hearing === undefined ? all : "";
    if (all !== "") hearing?.tellWords(all);
  }

  #callOf(callId: string): ToldCall {
    const call = this.#calls.get(callId) ?? { sessions: [], waiting: "" };
    this.#calls.set(callId, call);
    return call;
  }
}
