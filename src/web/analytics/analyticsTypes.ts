export interface SeriesAnswer {
  readonly interval: Interval;
  readonly series: readonly Line[];
}

export type Interval = "hour" | "day" | "week";

export interface Line {
  readonly name: string | null;
  readonly isRest: boolean;
  readonly points: readonly Point[];
}

export interface Point {
  readonly at: string;
  readonly calls: number;
  readonly minutes: number;
  readonly outcomes: Counts;
  readonly endReasons: Counts;
  readonly cost: { readonly usd: number; readonly unknown: number };
  readonly latency: Latency;
  readonly agentTurns: number;
  readonly interruptions: number;
  readonly interruptedShare: number | null;
  readonly tools: Readonly<Record<string, { readonly calls: number; readonly failed: number }>>;
}

export type Counts = Readonly<Record<string, number>>;

interface Latency {
  readonly count: number;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
}

export interface RetentionAnswer {
  readonly greetings: readonly (HeardLine & { readonly version: string | null })[];
  readonly answers: readonly HeardLine[];
  readonly unheard: {
    readonly usd: number;
    readonly words: number;
    readonly unheardWords: number;
    readonly byAgent: readonly UnheardCost[];
  };
}

export interface HeardLine {
  readonly agent: string;
  readonly calls: number;
  readonly times: number;
  readonly words: readonly string[];
  readonly heard: readonly number[];
  readonly cutAfter: readonly number[];
  readonly hungUpAfter: readonly number[];
  readonly heardToEnd: number;
}

export interface UnheardCost {
  readonly agent: string;
  readonly words: number;
  readonly unheardWords: number;
  readonly unheardAudio: number;
  readonly usd: number;
  readonly unpricedAudio: number;
}
