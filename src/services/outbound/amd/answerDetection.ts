import type { CallEvent } from "../../../call/callEvent.ts";
import type { CallSession } from "../../../call/sessionApi.ts";
import type { StoredCall } from "../../calls.ts";
import type { CallChanges } from "../../store.ts";
import { ConversationEvidence } from "./conversationEvidence.ts";
import { type AmdResult, machineResult } from "./amdResult.ts";
import { isScreening } from "./callScreening.ts";
import type { EarlierPickups } from "./earlierPickups.ts";
import { PickupListening } from "./pickupListening.ts";
import { spokenWords } from "./spokenWords.ts";
import type { Clock } from "../../../utils/clock.ts";
import { present } from "../../../utils/present.ts";

export interface AnswerDetectionDeps extends Pick<Clock, "setTimer" | "now"> {
  readonly session: () => Pick<CallSession, "input"> | undefined;
  /** Called with what is to be recorded. */
  readonly onChange: (changes: CallChanges) => void;
  /** What is left on a machine, if anything. */
  readonly message: () => string | undefined;
  /** What a screener is told; undefined where the agent finds the words. */
  readonly screening: () => string | undefined;
}

/** How long a machine result waits for outstanding transcripts. */
const WORDS_MS = 2000;

/**
 * Who answered a placed call: found by listening to it where the call asks for it, and otherwise
 * Twilio's AMD results, compared with what was said. A result that contradicts a conversation is
 * recorded and not obeyed; call screening is answered, and not treated as voicemail.
 */
export class AnswerDetection {
  readonly #deps: AnswerDetectionDeps;
  readonly #evidence = new ConversationEvidence();
  #connected = false;
  #modelReady = false;
  #result: AmdResult | undefined;
  /** What followed from a result that says machine. */
  #machine: "none" | "obeyed" | "screened" | "withdrawn" | "refuted" = "none";
  /** Whether an earlier process has found out that the call is screened. */
  #screenedBefore = false;
  #waited = false;
  #stopWaiting: (() => void) | undefined;
  #listening: PickupListening | undefined;

  constructor(deps: AnswerDetectionDeps) {
    this.#deps = deps;
  }

  /** Whether audio has gone both ways. */
  get connected(): boolean {
    return this.#connected;
  }

  get result(): AmdResult | undefined {
    return this.#result;
  }

  /**
   * Finds out who answers by listening, from the beginning of the call's session, or on from what an
   * earlier one has found.
   */
  listen(
    session: Pick<CallSession, "input" | "listenToLine">,
    transcribes: boolean,
    earlier?: EarlierPickups,
  ): void {
    this.#listening ??= new PickupListening({ ...this.#deps, session, transcribes, earlier });
  }

  /** Goes on with what is stored of a call that another process began. */
  resume({ record, resumed: { turns, plannedEnd } }: StoredCall): void {
    const { answeredAt, answeredBy, outcome } = record;
    this.#connected = answeredAt !== undefined;
    // Of a message that was being left, the machine has a part at most: it is left once more.
    if (plannedEnd?.reason === "voicemail") this.#result ??= machineResult(this.#deps.message());
    if (answeredBy !== undefined) this.#result ??= { answeredBy, ...present({ outcome }) };
    for (const turn of turns) this.#evidence.handleEvent({ type: "turn", turn });
    this.#screenedBefore = isScreening(this.#evidence.text);
  }

  /** Applies a result; several may come, and contradict each other. */
  apply(result: AmdResult): void {
    if (this.#listening !== undefined && result.word !== undefined) {
      return this.#tell(this.#listening, result, result.word);
    }
    if (result.answeredBy === "human") return this.#personFound(result);
    this.#deps.onChange({ answeredBy: result.answeredBy });
    if (result.input === undefined) {
      this.#result ??= result;
      return;
    }
    if (this.#result?.answeredBy === "human") return this.#refute();
    this.#result = result;
    this.#act();
  }

  /** Handles an event of the call's session. */
  handleEvent(event: CallEvent): void {
    if (this.#listening !== undefined) {
      if (event.type === "connected") this.#nowConnected(this.#listening);
      return this.#listening.handleEvent(event);
    }
    this.#evidence.handleEvent(event);
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
      case "handedOver":
      case "ended":
        return this.close();
    }
    this.#checkScreening();
    this.#checkPerson(event);
    this.#act();
  }

  close(): void {
    this.#listening?.close();
    this.#stopWaiting?.();
    this.#stopWaiting = undefined;
  }

  #nowConnected(listening: PickupListening): void {
    this.#connected = true;
    const word = this.#result?.word;
    if (word !== undefined) listening.detected(word);
  }

  #tell(listening: PickupListening, result: AmdResult, word: string): void {
    this.#result ??= { answeredBy: result.answeredBy, word };
    if (!this.#connected) return;
    if (result.answeredBy === "unknown") this.#deps.onChange({ answeredBy: "unknown" });
    if (!listening.detected(word)) this.#deps.session()?.input({ type: "verdictNotObeyed" });
  }

  #act(): void {
    const session = this.#deps.session();
    const { input, voicemail, outcome } = this.#result ?? {};
    if (session === undefined || input === undefined || this.#machine !== "none") return;
    // Until both ends are connected nothing can be said to a machine.
    if (voicemail !== undefined && !(this.#connected && this.#modelReady)) return;
    if (this.#evidence.conversing) return this.#refute();
    if (input.type !== "hangUp" && this.#evidence.textPending && !this.#waited) return this.#wait();
    this.close();
    this.#machine = "obeyed";
    // An outcome is written once, so not before it is certain.
    if (outcome !== undefined) this.#deps.onChange({ outcome });
    session.input(input);
  }

  #refute(): void {
    this.close();
    if (this.#machine === "refuted") return;
    this.#machine = "refuted";
    this.#deps.onChange({ outcome: "human" });
    this.#deps.session()?.input({ type: "verdictNotObeyed" });
  }

  #wait(): void {
    this.#stopWaiting ??= this.#deps.setTimer(() => {
      this.#waited = true;
      this.#act();
    }, WORDS_MS);
  }

  #personFound(result: AmdResult): void {
    this.#result = result;
    this.close();
    this.#deps.onChange({ answeredBy: result.answeredBy, outcome: "human" });
    if (this.#machine === "obeyed") this.#deps.session()?.input({ type: "personAnswered" });
  }

  /** Also while a message is being left: transcripts may come after the result. */
  #checkScreening(): void {
    const isOpen = this.#machine === "none" || this.#machine === "obeyed";
    if (!isOpen || this.#evidence.conversing || !isScreening(this.#evidence.text)) return;
    this.close();
    this.#machine = "screened";
    const message = this.#deps.message();
    this.#deps.session()?.input({
      type: "screened",
      ...present({ message }),
      ...(this.#screenedBefore && { again: true }),
    });
  }

  /** A callee who goes on talking with the agent is a person, whatever the result was. */
  #checkPerson(event: CallEvent): void {
    if (event.type !== "turn" || event.turn.role !== "caller" || !event.turn.final) return;
    const spoke = this.#machine === "withdrawn" ||
      this.#machine === "screened" && this.#evidence.conversing;
    if (spoke && /\p{L}/u.test(spokenWords(event.turn.text)) && !isScreening(event.turn.text)) {
      this.#deps.onChange({ outcome: "human" });
    }
  }
}
