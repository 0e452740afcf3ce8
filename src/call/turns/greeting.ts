import type { CallInput } from "../callInput.ts";
import type { Closing } from "../ending/closing.ts";
import type { KeptSentences } from "../playback/keptSentences.ts";
import type { MachineParts } from "../machine/machineParts.ts";
import { isHello } from "../heard/helloWords.ts";
import type { Opening } from "../heard/opening.ts";
import type { ConnectionLifecycle } from "../model/connectionLifecycle.ts";
import type { ResumedCall } from "../resumedCall.ts";
import type { Milliseconds } from "../types.ts";
import { beginningOf, type Resumption, resumptionOf } from "./resumption.ts";

/** What the moment of the greeting depends on. */
interface Beginning {
  /** The caller can hear the agent. */
  readonly joined: boolean;
  readonly modelReady: boolean;
  readonly closing: boolean;
  /** Nobody is there yet who is to hear the opening. */
  readonly waiting: boolean;
}

/**
 * The agent's first words: its greeting, or how it goes on in a resumed call. Said once, by itself where
 * it is kept, else by the model; a greeting that has to be heard whole cannot be interrupted. What is to be
 * heard before it comes before it.
 */
export class Greeting {
  readonly #call: MachineParts;
  readonly #kept: KeptSentences;
  readonly #connection: Pick<ConnectionLifecycle, "tell">;
  readonly #closing: Pick<Closing, "resume">;
  readonly #opening: Opening;
  readonly #resumption: Resumption;
  /** Whether an earlier session of the call has said anything. */
  readonly #hasSpoken: boolean;
  #isAnswered = false;
  #isAsked = false;
  #holds = false;
  #needsModel = true;

  constructor(
    call: MachineParts,
    kept: KeptSentences,
    connection: Pick<ConnectionLifecycle, "tell">,
    closing: Pick<Closing, "resume">,
    opening: Opening,
    resumed?: ResumedCall,
  ) {
    this.#call = call;
    this.#kept = kept;
    this.#connection = connection;
    this.#closing = closing;
    this.#opening = opening;
    this.#hasSpoken = resumed?.turns.some(({ role, aside }) => role === "agent" && !aside) ?? false;
    this.#resumption = resumed === undefined
      ? beginningOf(call.policy)
      : resumptionOf(resumed, call.policy);
  }

  /** Whether something is still to be heard before the greeting. */
  get isOpening(): boolean {
    return this.#opening.isUnderWay;
  }

  /** Whether the agent may not be interrupted. */
  get holds(): boolean {
    return this.#holds || this.#opening.isUnderWay;
  }

  follow(input: CallInput, now: Milliseconds): void {
    this.#opening.follow(input, now);
  }

  /** Whether the agent is still to speak first. */
  get isAwaited(): boolean {
    const { request, isGreeting } = this.#resumption;
    // The person who answers a placed call speaks first.
    return !this.#isAsked && request !== undefined &&
      !(isGreeting === true && this.#call.policy.direction === "outbound");
  }

  /** Whether the agent has yet to begin, with words of its own. */
  get isToCome(): boolean {
    return !this.#isAsked && this.#resumption.request !== undefined;
  }

  /** Whether the agent's first words have been asked for, and may be cut off. */
  get isOver(): boolean {
    return this.#isAsked && !this.holds;
  }

  /** The call was answered, though the caller may not hear the agent yet. */
  answered(): void {
    this.#isAnswered = true;
  }

  /** Says it when its moment has come; too late where the call is `closing`. */
  ask(beginning: Beginning, now: Milliseconds): void {
    const { joined, modelReady, closing } = beginning;
    if (this.#opening.tick(beginning, now)) return;
    // A model is asked as soon as the call is answered; a kept one is there when the leg is.
    const { note, request, plannedEnd } = this.#resumption;
    // An end that was planned comes also where there is no model to say goodbye.
    const isDue = this.#isKept || plannedEnd !== undefined
      ? joined
      : modelReady && (joined || this.#isAnswered);
    if (this.#isAsked || !isDue || this.#call.turns.isHeld) return;
    this.#isAsked = true;
    const { greetingProtected } = this.#call.policy;
    if (plannedEnd !== undefined) return this.#closing.resume(plannedEnd, now);
    if (note !== undefined) this.#connection.tell(note);
    if (request === undefined || closing || this.#listensFirst) return;
    this.#holds = greetingProtected && request.purpose === "greeting";
    this.#needsModel = !this.#isKept;
    if (this.#isAnswer) this.#call.turns.withdraw("reply");
    // What the caller has asked for during an opening comes after it.
    if (this.#needsModel) this.#call.turns.askFirst(request, now);
    else this.#kept.speak("greeting");
  }

  /** Who was held off by an opening, and has said no more than hello, is answered by the greeting. */
  get #isAnswer(): boolean {
    if (!this.#opening.wasSaid || this.#resumption.isGreeting !== true) return false;
    return [...this.#call.transcript.entries.values()].every((entry) =>
      entry.kind !== "caller" || entry.aside === true || isHello(entry.text)
    );
  }

  /** What answers a call into a phone system is listened to first, until there was somebody to talk with. */
  get #listensFirst(): boolean {
    return this.#call.menu.isActive && !this.#hasSpoken;
  }

  get #isKept(): boolean {
    return this.#kept.hasGreeting && this.#resumption.isGreeting === true;
  }

  /** The greeting is over when all that was said so far has been heard. */
  tick(modelReady: boolean): void {
    if (!this.#holds || !modelReady && this.#needsModel) return;
    const { turns, speech } = this.#call;
    const due = turns.current?.purpose === "greeting" || turns.owes("greeting") ||
      this.#kept.pending;
    if (!due && !speech.audible) this.#holds = false;
  }
}
