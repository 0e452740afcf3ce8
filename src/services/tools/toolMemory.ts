import type { ToolCall } from "../../call/realtimeClient.ts";
import type { ToolOutcome } from "../../call/session.ts";
import { BoundedMap } from "../../utils/boundedMap.ts";
import { errorCodeIn } from "../../utils/errorCode.ts";

/** A tool call that another session of the same call made. */
export interface EarlierToolCall extends Omit<ToolCall, "callId"> {
  /** By `identityOf`; absent where it is not known which tool of the name it was: it may be any. */
  readonly tool?: string;
  /** Absent where it is not known whether it was carried out. */
  readonly output?: string;
}

/** A tool by its name, and by `identityOf`: agents may have different ones of the same name. */
export interface RememberedTool {
  readonly name: string;
  readonly tool: string;
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
    { name, tool }: RememberedTool,
    key: string,
    keyOf: (json: string) => string | undefined,
  ): Promise<ToolOutcome> | undefined {
    const others: EarlierToolCall[] = [];
    for (const earlier of this.#earlier.get(name) ?? []) {
      const { arguments: args, output } = earlier;
      if (earlier.tool !== undefined && earlier.tool !== tool) {
        others.push(earlier);
        continue;
      }
      const earlierKey = keyOf(args);
      if (earlierKey === undefined || (output !== undefined && failedForSure(output))) continue;
      this.keep(tool, earlierKey, Promise.resolve(outcomeOf(output)));
    }
    this.#earlier.set(name, others);
    return this.#runs.get(`${tool} ${key}`);
  }

  /** `outcome` never rejects. */
  keep(tool: string, key: string, outcome: Promise<ToolOutcome>): void {
    this.#runs.set(`${tool} ${key}`, outcome);
  }

  /** It was not done, and may be tried again. */
  forget(tool: string, key: string): void {
    this.#runs.delete(`${tool} ${key}`);
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
