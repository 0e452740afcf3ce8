/** What an agent was cut off in. */
export interface UnheardRest {
  /** Its words before, as far as they were heard; empty where none were. */
  readonly heard: string;
  readonly unheard: string;
  /** The model had not come to the end of it: there is more to say. */
  readonly unfinished: boolean;
}

/** What has more to say than this is not gone on with to the letter. */
const MAX_REST = 3000;

/** What the agent was last cut off in, and has not said since; of its turns, in any order. */
export function unheardRest(
  turns: Iterable<{
    readonly position: number;
    readonly text: string;
    readonly unheard?: string | undefined;
    readonly unfinished?: boolean;
  }>,
): UnheardRest | undefined {
  let unheard = "";
  let unfinished = false;
  for (const turn of [...turns].sort((a, b) => b.position - a.position)) {
    if (turn.unheard === undefined) {
      // An answer that was cancelled before it had words is none.
      if (turn.text === "") continue;
      break;
    }
    if (unheard === "") unfinished = turn.unfinished === true;
    unheard = `${turn.unheard} ${unheard}`.trim();
    if (unheard.length > MAX_REST) return undefined;
    if (turn.text !== "") return { heard: turn.text, unheard, unfinished };
  }
  return unheard === "" ? undefined : { heard: "", unheard, unfinished };
}
