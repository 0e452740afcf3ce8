import { ToolError } from "./tool.ts";

/** What the model gets of a result: text as it is, anything else as JSON; cut where it is too long. */
export function resultText(output: unknown, maxChars: number): string {
  const text = plainText(output);
  if (text.length <= maxChars) return text;
  return JSON.stringify({
    truncated: true,
    note: `Only the first ${maxChars} of ${text.length} characters are here. ` +
      "Ask for less where the tool can, and do not guess the rest.",
    text: text.slice(0, maxChars).toWellFormed(),
  });
}

export function plainText(output: unknown): string {
  // Half a character would have the model refuse the whole result.
  return typeof output === "string" ? output.toWellFormed() : JSON.stringify(output) ?? "null";
}

/** What the model gets of a failure. */
export function errorText(error: unknown): string {
  return JSON.stringify(
    error instanceof ToolError
      ? { error: error.message, code: error.code }
      : { error: "The tool failed.", code: "tool_failed" },
  );
}
