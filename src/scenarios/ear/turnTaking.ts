import type { SoundSpan } from "./soundSpans.ts";

/** What a caller said or did aloud, and when its sound began and ended. */
export interface CallerSpan extends SoundSpan {
  readonly words: string;
  /** The agent has to answer it: it has words, or was typed or pressed. A sound without words may be a noise. */
  readonly asks: boolean;
  /** It was meant to break in on the agent. */
  readonly cutsIn: boolean;
}

/** How the two took turns, as the caller heard it; times are milliseconds since the answer. */
export interface TurnTaking {
  /** Absent where the agent never made a sound. */
  readonly firstSoundMs?: number;
  /** From the end of what asks to the agent's next sound. */
  readonly answers: readonly { readonly atMs: number; readonly afterMs: number }[];
  readonly unanswered: readonly Unanswered[];
  readonly cuts: readonly Cut[];
  /** Silences that the agent ended, or should have ended. */
  readonly silences: readonly SoundSpan[];
}

/** From the end of a line to the next or to the end of the call, without a sound of the agent's. */
export interface Unanswered extends SoundSpan {
  /** How long of it the caller waited. */
  readonly waitedMs: number;
}

/** One time that the caller broke in. */
export interface Cut {
  readonly atMs: number;
  /** How long the agent went on; absent where it was silent already. */
  readonly afterMs?: number;
  /** How long the agent had been silent by then, where it was. */
  readonly silentForMs?: number;
  /** The agent spoke again before the caller was done. */
  readonly isSpokenOver: boolean;
}

/**
 * Compares the times at which both can be heard, which are in order. In `quiet` times the caller was silent on
 * purpose: nobody is to blame for them.
 */
export function takeTurns(
  { agent, caller, quiet, endMs }: {
    readonly agent: readonly SoundSpan[];
    readonly caller: readonly CallerSpan[];
    readonly quiet: readonly SoundSpan[];
    readonly endMs: number;
  },
): TurnTaking {
  const [first] = agent;
  const asking = caller.filter(({ asks }) => asks);
  // The time of a noise does not count as waiting for an answer.
  const noises = caller.filter(({ asks }) => !asks);
  const waited = (span: SoundSpan) =>
    without(span, noises).reduce((sum, { fromMs, toMs }) => sum + Math.max(0, toMs - fromMs), 0);
  return {
    ...(first !== undefined && { firstSoundMs: first.fromMs }),
    answers: answersTo(asking, agent).map(({ fromMs, toMs }) => ({
      atMs: toMs,
      afterMs: waited({ fromMs, toMs }),
    })),
    unanswered: unansweredOf(asking, agent, endMs).flatMap((span) => without(span, quiet))
      .map((span) => ({ ...span, waitedMs: waited(span) })),
    cuts: caller.filter(({ cutsIn }) => cutsIn).map((span) => cutBy(span, agent)),
    silences: silencesIn(agent, caller, endMs).flatMap((span) => without(span, quiet)),
  };
}

/** From the end of what asks to the beginning of its answer, which may come a moment before. */
function answersTo(
  asking: readonly CallerSpan[],
  agent: readonly SoundSpan[],
): readonly SoundSpan[] {
  return asking.flatMap(({ fromMs, toMs }, index) => {
    const next = asking[index + 1]?.fromMs ?? Infinity;
    // What begins a moment before the caller's end, and goes on, answers as well.
    const answer = agent.find((span) =>
      span.fromMs >= toMs ||
      span.fromMs > Math.max(fromMs, toMs - HASTY_MS) && span.toMs > toMs
    );
    if (answer === undefined || answer.fromMs > next) return [];
    return [{ fromMs: toMs, toMs: answer.fromMs }];
  });
}

const HASTY_MS = 300;

/** A line that the agent speaks on over is none it has to answer. */
function unansweredOf(
  asking: readonly CallerSpan[],
  agent: readonly SoundSpan[],
  endMs: number,
): readonly SoundSpan[] {
  return asking.flatMap(({ toMs: fromMs }, index) => {
    const toMs = asking[index + 1]?.fromMs ?? endMs;
    return toMs <= fromMs || agent.some((span) => span.toMs > fromMs && span.fromMs <= toMs)
      ? []
      : [{ fromMs, toMs }];
  });
}

/** Whoever breaks in between two words breaks in all the same. */
const BETWEEN_WORDS_MS = 300;

function cutBy({ fromMs, toMs }: CallerSpan, agent: readonly SoundSpan[]): Cut {
  const running = agent.find((span) =>
    span.fromMs <= fromMs && span.toMs > fromMs - BETWEEN_WORDS_MS
  );
  const silentAt = running?.toMs ?? fromMs;
  const before = agent.findLast((span) => span.toMs <= fromMs);
  return {
    atMs: fromMs,
    ...(running !== undefined
      ? { afterMs: Math.max(0, running.toMs - fromMs) }
      : before !== undefined && { silentForMs: fromMs - before.toMs }),
    isSpokenOver: agent.some((span) => span.fromMs >= silentAt && span.fromMs < toMs),
  };
}

/**
 * Times without a sound before the agent speaks, and after the caller has asked last. Of the agent's waiting for the
 * caller it is none.
 */
function silencesIn(
  agent: readonly SoundSpan[],
  caller: readonly CallerSpan[],
  endMs: number,
): readonly SoundSpan[] {
  const sounds = [
    ...agent.map(({ fromMs, toMs }) => ({ fromMs, toMs, isAgent: true, asks: false })),
    ...caller.map(({ fromMs, toMs, asks }) => ({ fromMs, toMs, isAgent: false, asks })),
  ].toSorted((a, b) => a.fromMs - b.fromMs);
  const silences: SoundSpan[] = [];
  let quietSince = 0;
  let isAgentLast = false;
  let isAsked = false;
  for (const { fromMs, toMs, isAgent, asks } of sounds) {
    if (fromMs > quietSince && (isAgent || isAsked)) {
      silences.push({ fromMs: quietSince, toMs: fromMs });
    }
    if (toMs >= quietSince && (isAgent || asks)) {
      isAgentLast = isAgent;
      isAsked = asks;
    }
    quietSince = Math.max(quietSince, toMs);
  }
  if (!isAgentLast && endMs > quietSince) silences.push({ fromMs: quietSince, toMs: endMs });
  return silences;
}

function without({ fromMs, toMs }: SoundSpan, quiet: readonly SoundSpan[]): readonly SoundSpan[] {
  return quiet.reduce<readonly SoundSpan[]>(
    (parts, cut) =>
      parts.flatMap((part) =>
        [
          { fromMs: part.fromMs, toMs: Math.min(part.toMs, cut.fromMs) },
          { fromMs: Math.max(part.fromMs, cut.toMs), toMs: part.toMs },
        ].filter((one) => one.fromMs < one.toMs)
      ),
    [{ fromMs, toMs }],
  );
}
