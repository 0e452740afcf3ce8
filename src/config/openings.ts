import type { AgentFrontMatter } from "./agentSchema.ts";

/** A sentence that may come before an agent's greeting, as its file has it: with `{{variables}}`. */
export interface OpeningText {
  /** One for each purpose, the same for all agents. */
  readonly name: "disclosure" | "recording";
  readonly text: string;
}

/**
 * All that may come before the greeting of this agent, so that it can be kept as audio. What a call really
 * begins with is decided in `services/calls/callOpening.ts`.
 */
export function openingTexts(
  { outbound, recording }: Pick<AgentFrontMatter, "outbound" | "recording">,
): readonly OpeningText[] {
  const announcement = recordingAnnouncement(recording);
  return [
    ...Object.values(outbound?.disclosure ?? {})
      .map((text): OpeningText => ({ name: "disclosure", text })),
    ...(announcement === undefined ? [] : [announcement]),
  ];
}

/** What callers hear before they are recorded; undefined where they need not. */
export function recordingAnnouncement(
  recording: AgentFrontMatter["recording"],
): OpeningText | undefined {
  if (recording?.on !== true || recording.consent === "none") return undefined;
  return { name: "recording", text: recording.announcement ?? "" };
}
