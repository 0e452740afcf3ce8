import type { MachineParts } from "../machine/machineParts.ts";
import type { ModelNote } from "./prompts.ts";

/**
 * Tells the model something that matters for the rest of the call: sessions that take its place find it in
 * their history.
 */
export function tellForGood(
  { commands, transcript }: Pick<MachineParts, "commands" | "transcript">,
  note: ModelNote,
): void {
  transcript.noted(note.text);
  commands.request(note);
}
