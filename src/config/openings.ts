import type { AgentFrontMatter } from "./agentSchema.ts";

/** A sentence that may come before an agent's greeting, as its file has it: with `{{variables}}`. */
export interface OpeningText {
  /** One for each purpose, the same for all agents. */
  readonly name: "disclosure";
  readonly text: string;
}

/**
 * All that may come before the greeting of this agent, so that it can be kept as audio. What a call really
 * begins with is decided in `services/calls/callOpening.ts`.
 */
export function openingTexts({ outbound }: Pick<AgentFrontMatter, "outbound">) {
  return Object.values(outbound?.disclosure ?? {})
    .map((text): OpeningText => ({ name: "disclosure", text }));
}
