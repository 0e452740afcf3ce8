import type { ToolCall } from "../../call/realtimeClient.ts";
import type { ToolOutcome } from "../../call/session.ts";
import { BoundedMap } from "../../utils/boundedMap.ts";
import { errorCodeIn } from "../../utils/errorCode.ts";

/** A tool call that another session of the same call made. */
export interface EarlierToolCall extends Omit<ToolCall, "callId"> {
  /** Absent where it is not known whether it was carried out. */
  readonly output?: string;
}

/** What the tools of one call have done, by their arguments: the same is not done twice. */
export class ToolMemory {
  readonly #runs = new BoundedMap<string, Promise<ToolOutcome>>(MAX_REMEMBERED);
  /** By the tool's name, until the tool is called again and its arguments can be read. */
  readonly #earlier = new Map<string, EarlierToolCall[]>();

  constructor(earlier: readonly EarlierToolCall[] = []) {
    for (const call of earlier) {
      this.#earlier.set(call.name, [...this.#earlier.get(call.name) ?? [], call]);
    }
  }

  /**
   * The outcome of an earlier run with the same arguments, if there was one. `keyOf` reads arguments as
   * the tool would; undefined for what it would refuse.
   */
  find(
    name: string,
    key: string,
    keyOf: (json: string) => string | undefined,
  ): Promise<ToolOutcome> | undefined {
    for (const { arguments: args, output } of this.#earlier.get(name) ?? []) {
      const earlierKey = keyOf(args);
      if (earlierKey === undefined || (output !== undefined && failedForSure(output))) continue;
      this.keep(name, earlierKey, Promise.resolve(outcomeOf(output)));
    }
    this.#earlier.delete(name);
    return this.#runs.get(`${name} ${key}`);
  }

  /** `outcome` never rejects. */
  keep(name: string, key: string, outcome: Promise<ToolOutcome>): void {
    this.#runs.set(`${name} ${key}`, outcome);
  }

  /** It was not done, and may be tried again. */
  forget(name: string, key: string): void {
    this.#runs.delete(`${name} ${key}`);
  }
}

/** More than one call asks for. */
const MAX_REMEMBERED = 500;

/** What is known of a failure that says so itself: those that may have been carried out are kept. */
function failedForSure(output: string): boolean {
  const code = errorCodeIn(output);
  return code !== undefined && !UNSURE.has(code);
}

const UNSURE: ReadonlySet<string> = new Set(["timeout", "no_answer", "outcome_unknown"]);

function outcomeOf(output: string | undefined): ToolOutcome {
  if (output !== undefined) return { output, ok: errorCodeIn(output) === undefined };
  return {
    ok: false,
    output: JSON.stringify({
      error: "The same was begun before in this call, and it is not known whether it was done.",
      code: "outcome_unknown",
    }),
  };
}
