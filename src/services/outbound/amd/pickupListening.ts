import type { CallEvent } from "../../../call/callEvent.ts";
import type { CallSession } from "../../../call/sessionApi.ts";
import type { CallChanges, PickupRecord } from "../../store.ts";
import type { Clock } from "../../../utils/clock.ts";
import { present } from "../../../utils/present.ts";
import { FAX_END } from "./amdResult.ts";
import { ConversationEvidence } from "./conversationEvidence.ts";
import type { EarlierPickups } from "./earlierPickups.ts";
import { LineEar } from "./lineEar.ts";
import type { FarEnd, PickupChange } from "./pickupChange.ts";
import { PickupJudge } from "./pickupJudge.ts";

/** Far more than a call finds. */
const MAX_PICKUPS = 20;

export interface PickupListeningDeps extends Pick<Clock, "now"> {
  readonly session: Pick<CallSession, "input" | "listenToLine">;
  /** What is left on a machine, if anything. */
  readonly message: () => string | undefined;
  /** What a screener is told; undefined where the agent finds the words. */
  readonly screening: () => string | undefined;
  /** Whether what the far end says becomes known in words. */
  readonly transcribes: boolean;
  /** In a call that another session began. */
  readonly earlier?: EarlierPickups | undefined;
  /** Called with what is to be recorded. */
  readonly onChange: (changes: CallChanges) => void;
}

/** Listens to a placed call until a conversation is under way, and tells its session who has answered. */
export class PickupListening {
  readonly #deps: PickupListeningDeps;
  readonly #ear = new LineEar();
  readonly #judge: PickupJudge;
  #evidence = new ConversationEvidence();
  /** The turns of a call count from the beginning of its session. */
  readonly #startedAt: number;
  readonly #stop: () => void;
  #who: FarEnd = "undecided";
  #pickups: readonly PickupRecord[] = [];
  #isClosed = false;

  constructor(deps: PickupListeningDeps) {
    this.#deps = deps;
    this.#judge = new PickupJudge(deps);
    const { earlier } = deps;
    this.#startedAt = deps.now() - (earlier?.elapsedMs ?? 0);
    this.#stop = deps.session.listenToLine((bytes) =>
      this.#act(this.#judge.hear(this.#ear.hear(bytes)))
    );
    if (earlier !== undefined) this.#goOn(earlier);
  }

  /** Takes a word of the carrier's detection; false where it is not obeyed, as a conversation is under way. */
  detected(word: string): boolean {
    if (this.#isClosed) return word === "human" || word === "unknown";
    this.#act(this.#judge.detected(word));
    return true;
  }

  handleEvent(event: CallEvent): void {
    if (this.#isClosed) return;
    this.#evidence.handleEvent(event);
    switch (event.type) {
      case "speaking":
        if (event.who === "caller" && event.on && this.#deps.transcribes) this.#judge.wordsToCome();
        break;
      case "turn": {
        const { id, role, by, text, final, startedMs } = event.turn;
        if (role === "agent") {
          if (final && this.#judge.who === "screener") this.#judge.answered();
        } else if (by === "voice") {
          const agoMs = this.#deps.now() - this.#startedAt - startedMs;
          const isPending = !final || this.#evidence.textPending;
          this.#act(this.#judge.said(id, text, isPending, agoMs));
        }
        break;
      }
      case "handedOver":
      case "ended":
        return this.close();
    }
    if (this.#evidence.conversing && this.#judge.who === "person") this.close();
  }

  close(): void {
    this.#isClosed = true;
    this.#stop();
  }

  #goOn({ who, why, pickups, turns }: EarlierPickups): void {
    this.#who = who;
    this.#pickups = pickups;
    if (who !== "undecided") this.#judge.resume(who, why);
    if (who === "person") {
      for (const turn of turns) this.#evidence.handleEvent({ type: "turn", turn });
    } else if (who === "screener") this.#screened(true);
    else if (who === "undecided") {
      for (const { id, text, role, by, startedMs } of turns) {
        if (role !== "caller" || by !== "voice") continue;
        const agoMs = this.#deps.now() - this.#startedAt - startedMs;
        this.#act(this.#judge.said(id, text, false, agoMs));
      }
    }
  }

  #screened(again: boolean): void {
    const { session, message, screening } = this.#deps;
    session.input({
      type: "screened",
      listens: true,
      ...present({ message: message(), say: screening() }),
      ...(again && { again }),
    });
  }

  #act(change: PickupChange | undefined): void {
    if (change === undefined || this.#isClosed) return;
    const { session } = this.#deps;
    switch (change.type) {
      case "found":
        return this.#found(change);
      case "messageDue":
        return this.#leave(change.isGuess);
      case "messageDisturbed":
        return session.input({ type: "messageDisturbed" });
      case "declined":
        return session.input({
          type: "hangUp",
          end: { reason: "not_answered", detail: "declined" },
        });
    }
  }

  #found({ who, why }: Extract<PickupChange, { readonly type: "found" }>): void {
    const { session, onChange, message } = this.#deps;
    const before = this.#who;
    this.#who = who;
    const atMs = Math.max(0, Math.round(this.#deps.now() - this.#startedAt));
    this.#pickups = [...this.#pickups, { who, why, atMs }].slice(-MAX_PICKUPS);
    onChange({ answeredBy: who === "person" ? "human" : who, pickups: this.#pickups });
    session.input({ type: "farEndFound", who, why });
    switch (who) {
      case "person":
        // What a screener has said, and was told, is no conversation with the person.
        if (before !== "undecided") this.#evidence = new ConversationEvidence();
        return;
      case "screener":
        return this.#screened(false);
      case "machine":
        // A long greeting may be a person's.
        if (message() === undefined && why !== "long_greeting") this.#leave(false);
        return;
      case "fax":
        onChange({ outcome: "failed" });
        return session.input({ type: "hangUp", end: FAX_END });
    }
  }

  #leave(isGuess: boolean): void {
    const { session, onChange, message } = this.#deps;
    const text = message();
    const end = { reason: "voicemail" } as const;
    this.#judge.leaves();
    if (text === undefined) onChange({ outcome: "machine" });
    session.input({
      type: "machineAnswered",
      end,
      ...(text !== undefined && { message: text, listens: true }),
      ...(isGuess && { isGuess }),
    });
  }
}
