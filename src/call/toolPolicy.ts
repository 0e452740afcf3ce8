/** What a call demands of one of its agent's tools before, while and after it runs. */
export interface ToolPolicy {
  /** Said word for word as the tool starts. */
  readonly say?: string;
  /** The conversation goes on while it runs; its result is told when it comes. */
  readonly isAsync?: boolean;
  /** It runs only for a caller who has agreed after having heard the question to its last word. */
  readonly confirm?: ConfirmPolicy;
  /** Names in `CallPolicy.mustHear`: it runs only after the caller has heard them to the last word. */
  readonly afterHeard?: readonly string[];
  /** Milliseconds after which the wait for it is bridged, instead of the call's own; 0 for never. */
  readonly fillerAfterMs?: number;
  /** Of a tool that the model runs by itself: it does not run again with the same arguments. */
  readonly once?: boolean;
}

/** Phrases of the operator's by which an answer is told. */
export interface AnswerWords {
  readonly yes?: readonly string[];
  readonly no?: readonly string[];
  /** Beside a yes they make it none, such as "but". */
  readonly unclear?: readonly string[];
}

export interface ConfirmPolicy {
  /**
   * With `{{arguments}}` of the tool; where it names none that the call has, all are said before it. Absent
   * for one that names the tool and all its arguments.
   */
  readonly question?: string;
  /** What the tool is called in that question. */
  readonly title?: string;
  /** Arguments that must be ids which a tool's result has named in the call, beside the words for them. */
  readonly ids?: readonly string[];
  /** Arguments that the tool knows, where it is given no others: those are not asked about. */
  readonly declared?: readonly string[];
  readonly words?: AnswerWords;
}

/**
 * A sentence that is said word for word before the greeting, and that nothing the caller does cuts off. Its
 * hearing is proven under its name, as that of a `MustHear` is.
 */
export interface OpeningSentence {
  /** One for each purpose, the same for all agents: what was heard of one agent is not said by the next. */
  readonly name: string;
  readonly text: string;
}

/** A sentence that the caller has to hear to its last word: what is cut off is said again. */
export interface MustHear {
  readonly text: string;
  /** `asked`: only where a tool demands it, or the agent says these words by itself. */
  readonly at: "start" | "end" | "asked";
}
