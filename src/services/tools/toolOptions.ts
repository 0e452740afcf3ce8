import type { ToolPolicy } from "../../call/toolPolicy.ts";
import type { Milliseconds } from "../../call/types.ts";
import type { ToolOptionsEntry } from "../../config/toolOptionsSchema.ts";
import { present } from "../../utils/present.ts";

/** How a tool of any kind is handled, beside what it does. */
export interface ToolOptions extends ToolPolicy {
  readonly timeoutMs?: Milliseconds;
  /** Names or JSON pointers of arguments and of fields of the result that nobody is shown. */
  readonly redact?: readonly string[];
  readonly maxResultChars?: number;
  /** Whether the same arguments in the same call get the first result again. */
  readonly once?: boolean;
}

/** What an agent's file says of a tool, over the tool's own defaults. */
export function withEntry(own: ToolOptions, entry: ToolOptionsEntry): ToolOptions {
  const { title, say, after_heard, timeout_ms, filler_after_ms, redact, max_result_chars, once } =
    entry;
  const { confirm: ownConfirm, ...rest } = own;
  const confirm = confirmOf(ownConfirm, entry.confirm, title);
  return {
    ...rest,
    ...present({
      say,
      isAsync: entry.async,
      confirm,
      afterHeard: after_heard,
      timeoutMs: timeout_ms,
      fillerAfterMs: filler_after_ms,
      redact,
      maxResultChars: max_result_chars,
      once,
    }),
  };
}

/** What the call demands of it; undefined where it runs at once. */
export function policyOf(
  { say, isAsync, confirm, afterHeard, fillerAfterMs }: ToolOptions,
): ToolPolicy | undefined {
  const policy = present({
    say,
    isAsync: isAsync || undefined,
    confirm,
    afterHeard,
    fillerAfterMs,
  });
  return Object.keys(policy).length === 0 ? undefined : policy;
}

function confirmOf(
  own: ToolOptions["confirm"],
  given: boolean | string | undefined,
  title: string | undefined,
): ToolOptions["confirm"] {
  if (given === false || (given === undefined && own === undefined)) return undefined;
  return { ...own, ...present({ title }), ...(typeof given === "string" && { question: given }) };
}
