import type { CallEvent } from "../../../call/callEvent.ts";
import type { CallSession } from "../../../call/sessionApi.ts";
import type { CallChanges } from "../../store.ts";
import { ConversationEvidence } from "./conversationEvidence.ts";
import type { AmdResult } from "./amdResult.ts";
import { isScreening } from "./callScreening.ts";
import type { Clock } from "../../../utils/clock.ts";
import { present } from "../../../utils/present.ts";

export interface AnswerDetectionDeps {
  readonly session: () => CallSession | undefined;
  readonly changed: (changes: CallChanges) => void;
  readonly setTimer: Clock["setTimer"];
  /** What is left on a machine, if anything. */
  readonly message: () => string | undefined;
}

/** The words of what was said come within this; without them a verdict is not obeyed for so long. */
const WORDS_MS = 2000;

/**
 * Who took a placed call: what the phone network makes of its sound, held against what was said. A
 * verdict that contradicts a conversation is written down and not obeyed; a machine that screens calls
 * is answered, and not taken for one that takes messages.
 */
export class AnswerDetection {
  readonly #deps: AnswerDetectionDeps;
  readonly #exchange = new ConversationEvidence();
  #connected = false;
  #modelReady = false;
  #verdict: AmdResult | undefined;
  /** What has been made of a machine. */
  #machine: "none" | "obeyed" | "screened" | "withdrawn" | "refuted" = "none";
  #waited = false;
  #stopWaiting: (() => void) | undefined;

  constructor(deps: AnswerDetectionDeps) {
    this.#deps = deps;
  }

  /** Whether audio has gone both ways. */
  get connected(): boolean {
    return this.#connected;
  }

  get verdict(): AmdResult | undefined {
    return this.#verdict;
  }

  /** Takes in a verdict; several may come, and contradict each other. */
  judge(verdict: AmdResult): void {
    if (verdict.answeredBy === "human") return this.#personFound(verdict);
    this.#deps.changed({ answeredBy: verdict.answeredBy });
    if (verdict.input === undefined) {
      this.#verdict ??= verdict;
      return;
    }
    if (this.#verdict?.answeredBy === "human") return this.#refute();
    this.#verdict = verdict;
    this.#act();
  }

  /** Takes in what its session tells. */
  told(event: CallEvent): void {
    this.#exchange.take(event);
    switch (event.type) {
      case "connected":
        this.#connected = true;
        break;
      case "modelReady":
        this.#modelReady = true;
        break;
      case "notice":
        if (event.code === "voicemail_withdrawn") this.#machine = "withdrawn";
        return;
      case "ended":
        return this.close();
    }
    this.#noteScreening();
    this.#notePerson(event);
    this.#act();
  }

  close(): void {
    this.#stopWaiting?.();
    this.#stopWaiting = undefined;
  }

  #act(): void {
    const session = this.#deps.session();
    const { input, voicemail, outcome } = this.#verdict ?? {};
    if (session === undefined || input === undefined || this.#machine !== "none") return;
    // Before there is a conversation a machine cannot be told anything.
    if (voicemail !== undefined && !(this.#connected && this.#modelReady)) return;
    if (this.#exchange.conversing) return this.#refute();
    if (input.type !== "hangUp" && this.#exchange.textPending && !this.#waited) return this.#wait();
    this.close();
    this.#machine = "obeyed";
    // An outcome is written once, so not before it is certain.
    if (outcome !== undefined) this.#deps.changed({ outcome });
    session.input(input);
  }

  #refute(): void {
    this.close();
    if (this.#machine === "refuted") return;
    this.#machine = "refuted";
    this.#deps.changed({ outcome: "human" });
    this.#deps.session()?.input({ type: "verdictNotObeyed" });
  }

  #wait(): void {
    this.#stopWaiting ??= this.#deps.setTimer(() => {
      this.#waited = true;
      this.#act();
    }, WORDS_MS);
  }

  #personFound(verdict: AmdResult): void {
    this.#verdict = verdict;
    this.close();
    this.#deps.changed({ answeredBy: verdict.answeredBy, outcome: "human" });
    if (this.#machine === "obeyed") this.#deps.session()?.input({ type: "personAnswered" });
  }

  /** Also while a message is being left: the words may come after the verdict. */
  #noteScreening(): void {
    const isNews = this.#machine === "none" || this.#machine === "obeyed";
    if (!isNews || this.#exchange.conversing || !isScreening(this.#exchange.text)) return;
    this.close();
    this.#machine = "screened";
    const message = this.#deps.message();
    this.#deps.session()?.input({
      type: "screened",
      ...present({ message }),
    });
  }

  /** Whoever goes on talking with the agent after all is a person, whatever the verdict was. */
  #notePerson(event: CallEvent): void {
    if (event.type !== "turn" || event.turn.role !== "caller" || !event.turn.final) return;
    const spoke = this.#machine === "withdrawn" ||
      this.#machine === "screened" && this.#exchange.conversing;
    if (spoke && /\p{L}/u.test(event.turn.text) && !isScreening(event.turn.text)) {
      this.#deps.changed({ outcome: "human" });
    }
  }
}
