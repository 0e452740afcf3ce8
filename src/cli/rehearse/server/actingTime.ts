import type { App } from "../../../app.ts";
import { isOpen } from "../../../config/isOpen.ts";
import { loadDialPolicy } from "../../../services/spending.ts";

/** When a scenario is acted out, and who talks in it. */
export interface ActingTime {
  /** As the clocks of the agent show it: `2026-11-30T10:00`. */
  readonly at?: string | undefined;
  readonly agent?: string | undefined;
  /** The number that the server calls. */
  readonly callee?: string | undefined;
}

const STEP_MS = 15 * 60_000;
const LOOKS_AHEAD_MS = 14 * 24 * 60 * 60_000;

/**
 * How far ahead of now a scenario is acted out, in milliseconds: by its own time, or where it has none, so far that the
 * agent is open, or may call the number. 0 where that is now, or never.
 */
export async function aheadFor(
  { at, agent: named, callee }: ActingTime,
  { agents, settings }: Pick<App, "agents" | "settings">,
  now: number,
): Promise<number> {
  const name = named ?? settings.agents.default;
  const agent = agents.get(name);
  if (agent === undefined) return 0;
  if (at !== undefined) {
    return Temporal.PlainDateTime.from(at).toZonedDateTime(agent.timezone).epochMilliseconds - now;
  }
  if (callee !== undefined) {
    const rulesOf = (name: string) => agents.get(name)?.outbound;
    const policy = await loadDialPolicy(settings, { doNotCall: nobody, rulesOf }, now);
    const consent = { source: "rehearsal", at: new Date(now).toISOString() };
    const decision = await policy.check(callee, now, { agent: name, consent });
    return "opensAt" in decision ? decision.opensAt + STEP_MS - now : 0;
  }
  const { hours, timezone } = agent;
  if (hours === undefined) return 0;
  for (let ahead = 0; ahead < LOOKS_AHEAD_MS; ahead += STEP_MS) {
    if (isOpen(hours, timezone, now + ahead)) return ahead;
  }
  return 0;
}

const nobody = {
  has: () => Promise.resolve(false),
  among: () => Promise.resolve(new Set<string>()),
};
