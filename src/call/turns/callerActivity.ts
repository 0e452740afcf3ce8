import type { CallInput } from "../callInput.ts";
import type { CallPolicy } from "../types.ts";

/**
 * Whether an input shows that the caller is there: by beginning something, or by going on with what was
 * begun before.
 */
export function callerActivityIn(
  input: CallInput,
  { modelListens }: Pick<CallPolicy, "modelListens">,
): "begins" | "continues" | undefined {
  switch (input.type) {
    case "typed":
    case "digit":
    case "speechStarted":
      return "begins";
    case "turnCommitted":
    case "speechStopped":
      return "continues";
    case "callerLevel":
      // A model that listens knows better than a level does who has spoken.
      return input.speaking && !modelListens ? "begins" : undefined;
    default:
      return undefined;
  }
}
