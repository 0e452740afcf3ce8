import type { AgentSpeech } from "../../../sim/twilio/call/agentSpeech.ts";
import type { HeardLine, HeardWord } from "../../ear/heardLines.ts";
import type { CallerEnd } from "../callerEnd.ts";
import type { CallWords } from "../words/callWords.ts";

/** What a caller listens with. */
export interface CallerEarOptions {
  readonly end: CallerEnd;
  readonly words: CallWords;
  /** How late this process has been since a time of the call: nobody else is to blame for it. */
  readonly lateMs: (sinceMs: number) => number;
}

/** What is queued at the ear changes with what arrives. */
const LOOK_AGAIN_MS = 100;

/** Hears the words of the agent, and waits for them; times are milliseconds since the answer. */
export class CallerEar {
  readonly #options: CallerEarOptions;
  readonly #agent: AgentSpeech;

  constructor(options: CallerEarOptions, agent: AgentSpeech) {
    this.#options = options;
    this.#agent = agent;
  }

  /** What the agent has said since then, as it was heard. */
  heard(sinceMs: number): string {
    const now = this.#options.end.talkMs;
    return wordsOf(this.#lines()).filter(({ toMs }) => toMs >= sinceMs && toMs <= now)
      .map(({ text }) => text).join(" ");
  }

  /**
   * Looks for something in what was heard and is about to be, and waits for its moment: of what is still coming, the
   * place of a word is known the better the more of it has come.
   */
  async reach<T extends { readonly atMs: number }>(
    withinMs: number,
    look: (lines: readonly HeardLine[]) => T | undefined,
  ): Promise<T | undefined> {
    const { end, lateMs } = this.#options;
    const sinceMs = end.talkMs;
    for (;;) {
      const found = look(this.#lines());
      const now = end.talkMs;
      const isOver = now - sinceMs >= withinMs + lateMs(sinceMs);
      if (this.#agent.gone || found === undefined && isOver) return found;
      const waitMs = found === undefined ? LOOK_AGAIN_MS : found.atMs - now;
      if (waitMs <= 0) return found;
      await this.#agent.pause(Math.min(waitMs, LOOK_AGAIN_MS));
    }
  }

  #lines(): readonly HeardLine[] {
    const { end, words } = this.#options;
    // What was queued when the call was over never sounded.
    return words.lines(this.#agent.gone ? end.heard() : end.heardAndQueued());
  }
}

/** All words of lines, as they follow each other. */
export function wordsOf(lines: readonly HeardLine[]): readonly HeardWord[] {
  return lines.flatMap(({ words }) => words).toSorted((a, b) => a.fromMs - b.fromMs);
}
