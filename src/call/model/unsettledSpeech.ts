import type { CallInput } from "../callInput.ts";
import type { CallPolicy, Milliseconds } from "../types.ts";

/** How turns begin and end; read anew each time. */
interface InForce {
  readonly policy: Pick<CallPolicy, "commitsBySilence" | "modelListens">;
}

/** A turn of the caller's of which the model has given no words yet. */
interface Turn {
  /** Absent until the model has named it. */
  itemId: string | undefined;
  readonly from: Milliseconds;
  endedAt?: Milliseconds;
  /** Since when the agent answers it. */
  answeredAt?: Milliseconds;
}

/** What the next connection is given. */
interface Again {
  readonly from: Milliseconds;
  /** Whether a turn is in it, which is to be answered. */
  readonly isTurn: boolean;
  /** When it must have been heard; not before it was given. */
  readonly till: Milliseconds;
}

/** A caller who begins to speak as a connection is lost is heard by the next. */
const PRE_ROLL_MS = 500;
/** The longest time from the beginning of speech until a model reports it. */
const NOTICE_MS = 1000;
/** Sound that the model has not reported as speech within this was noise: a broken connection is noticed sooner. */
const NOISE_MS = 12_000;
/** A turn without words by then, counted from its end or from the beginning of its answer, gets none. */
const WORDLESS_MS = 20_000;
/** A connection reports the speech in the audio that it was given within this, whatever its length. */
const HEARD_WITHIN_MS = 4000;
const MAX_TURNS = 8;

/**
 * From when on the caller's audio is needed, should the model's connection be lost now: what was said to
 * one is known to the next only in words, and these come some time after the turn.
 */
export class UnsettledSpeech {
  readonly #inForce: InForce;
  #turns: Turn[] = [];
  #isSpeaking = false;
  #endedAt: Milliseconds;
  /** Since when the line has been loud without the model reporting speech. */
  #loudFrom: Milliseconds | undefined;
  #loudTill: Milliseconds | undefined;
  #again: Again | undefined;

  constructor(inForce: InForce, now: Milliseconds) {
    this.#inForce = inForce;
    this.#endedAt = now;
    // The first connection may be lost before it has heard anything.
    this.#again = { from: now, isTurn: false, till: Infinity };
  }

  follow(input: CallInput, now: Milliseconds): void {
    switch (input.type) {
      case "speechStarted":
        return this.#started(input.itemId, now);
      case "speechStopped":
        return this.#stopped(now);
      case "committed":
        this.#name(input.itemId, now);
        return this.#stopped(now);
      case "callerText":
        if (input.final) this.#turns = this.#turns.filter(({ itemId }) => itemId !== input.itemId);
        return;
      case "callerLevel":
        this.#level(input.speaking, now);
        if (!this.#inForce.policy.commitsBySilence) return;
        return input.speaking ? this.#started(undefined, now) : this.#stopped(now);
      case "lineSound":
        // Music is no turn, and what follows it begins where it ends.
        this.#turns = [];
        this.#isSpeaking = false;
        this.#loudFrom = undefined;
        this.#endedAt = input.sound === "music" ? now : now - input.sinceMs;
        return;
      case "typed":
      case "turnCleared":
        this.#turns = [];
        this.#endedAt = now;
    }
  }

  /** The agent answers the turns so far: its speech is heard, or it has called a tool. */
  answered(now: Milliseconds): void {
    for (const turn of this.#turns) if (turn.endedAt !== undefined) turn.answeredAt ??= now;
  }

  /** Whether the answer that has begun is to a turn without a transcript. */
  get isAnsweredUnworded(): boolean {
    return this.#turns.some(({ answeredAt }) => answeredAt !== undefined);
  }

  /** Whether a connection has yet to report anything of what it was given. */
  get isUnheard(): boolean {
    return this.#again !== undefined;
  }

  /** Whether the next connection will answer by itself, as it is given what is to be answered. */
  get isTurnGiven(): boolean {
    return this.#again?.isTurn === true;
  }

  /**
   * The connection is gone, or about to be left; returns the turns that the next one hears again.
   * `answerBrokenOff`: what was being answered has to be answered to its end.
   */
  lost(now: Milliseconds, answerBrokenOff: boolean): readonly string[] {
    this.#forget(now);
    if (!answerBrokenOff) {
      this.#turns = this.#turns.filter(({ answeredAt }) => answeredAt === undefined);
    }
    const isTurn = this.isTurnGiven || this.#turns.some(({ endedAt }) => endedAt !== undefined);
    this.#again = { from: this.neededFrom(now), isTurn, till: Infinity };
    const items = this.#turns.flatMap(({ itemId }) => itemId ?? []);
    this.#turns = [];
    this.#isSpeaking = false;
    return items;
  }

  /** Another connection is ready, and has been given what it needs. */
  given(now: Milliseconds): void {
    if (this.#again !== undefined) this.#again = { ...this.#again, till: now + HEARD_WITHIN_MS };
  }

  /** Once where a connection has heard nothing in what it was given: said to be a turn, or perhaps noise. */
  unheard(now: Milliseconds): "turn" | "noise" | undefined {
    if (this.#again === undefined || now < this.#again.till) return undefined;
    const { isTurn } = this.#again;
    this.#again = undefined;
    return isTurn ? "turn" : "noise";
  }

  get wakeAt(): Milliseconds | undefined {
    return this.#again !== undefined && this.#again.till < Infinity ? this.#again.till : undefined;
  }

  /** What came before is needed no more. */
  neededFrom(now: Milliseconds): Milliseconds {
    this.#forget(now);
    const from = Math.min(
      this.#again?.from ?? Infinity,
      this.#turns[0]?.from ?? Infinity,
      this.#loudFrom ?? Infinity,
      this.#isByHand ? this.#endedAt : Infinity,
    );
    return Math.min(from, Math.max(now - PRE_ROLL_MS, this.#endedAt));
  }

  /** A client whose turns end at the press of a button does not report their beginning. */
  get #isByHand(): boolean {
    return !this.#inForce.policy.modelListens && !this.#inForce.policy.commitsBySilence;
  }

  #started(itemId: string | undefined, now: Milliseconds): void {
    if (this.#isSpeaking) return;
    this.#isSpeaking = true;
    this.#forget(now);
    const noticed = Math.min(now - NOTICE_MS, this.#loudFrom ?? Infinity);
    const from = this.#again?.from ?? Math.max(noticed, this.#endedAt);
    const open = this.#turns.filter(({ answeredAt }) => answeredAt === undefined);
    this.#turns = [...open.slice(-MAX_TURNS + 1), { itemId, from }];
    this.#again = undefined;
    this.#loudFrom = undefined;
  }

  #name(itemId: string, now: Milliseconds): void {
    if (this.#turns.some((turn) => turn.itemId === itemId)) return;
    if (this.#turns.every((turn) => turn.itemId !== undefined)) {
      // Where turns end by hand, the end of a turn is the first that is known of it.
      if (this.#isByHand) this.#turns.push({ itemId, from: this.#again?.from ?? this.#endedAt });
      if (this.#isByHand) this.#again = undefined;
      return;
    }
    for (const turn of this.#turns) turn.itemId ??= itemId;
    this.#stopped(now);
  }

  #stopped(now: Milliseconds): void {
    this.#isSpeaking = false;
    this.#endedAt = now;
    this.#loudFrom = undefined;
    for (const turn of this.#turns) turn.endedAt ??= now;
  }

  #level(speaking: boolean, now: Milliseconds): void {
    this.#loudTill = speaking ? undefined : now;
    if (speaking && !this.#isSpeaking) this.#loudFrom ??= now - PRE_ROLL_MS;
  }

  #forget(now: Milliseconds): void {
    if (this.#loudTill !== undefined && now - this.#loudTill > NOISE_MS) {
      this.#loudFrom = undefined;
    }
    while (isWordless(this.#turns[0], now)) this.#turns.shift();
  }
}

/** Whether a turn has had so long for its words that none will come. */
function isWordless(turn: Turn | undefined, now: Milliseconds): boolean {
  const settledAt = turn?.answeredAt ?? turn?.endedAt;
  return settledAt !== undefined && now - settledAt > WORDLESS_MS;
}
