import assert from "node:assert/strict";
import { type Agent, readAgent } from "../../../src/config/agents.ts";
import { type Calendar, openCalendar } from "../../../src/services/calendar/openCalendar.ts";
import { openStore } from "../../../src/services/store/store.ts";

export const practice = [
  "timezone: Europe/Berlin",
  "calendar:",
  "  name: practice",
  '  hours: { mon-fri: "09:00-12:30, 13:30-18:00", sat: "09:00-12:00" }',
  '  closed: ["2027-03-05"]',
  "  services:",
  "    haircut: { title: Haircut, minutes: 30, say: It costs 30 euros. }",
  "    colour: { title: Colour, minutes: 90 }",
  "  max_days_ahead: 60",
].join("\n");

export function agentWith(frontMatter: string, name = "desk"): Agent {
  const read = readAgent(name, `---\ntitle: Desk\n${frontMatter}\n---\nHelp.`);
  assert.ok(read.ok, JSON.stringify(read));
  return read.agent;
}

/** A Monday, eight o'clock in Berlin. */
export const MONDAY = Date.parse("2027-03-01T07:00:00Z");

/** A calendar over a database in memory, at a time that the test sets. */
export async function startCalendar(
  { frontMatter = practice, at = MONDAY }: {
    readonly frontMatter?: string;
    readonly at?: number;
  } = {},
) {
  const store = await openStore({ kind: "sqlite", path: ":memory:" }, { now: () => 0 });
  const agent = agentWith(frontMatter);
  let now = at;
  const calendar: Calendar = openCalendar({
    settings: { webhook: { url: "https://hooks.example/x", secrets: [] } },
    agents: { names: [agent.name], get: (name) => name === agent.name ? agent : undefined },
    store,
    pseudonymSecret: "secret",
    now: () => now,
  });
  return {
    store,
    calendar,
    desk: calendar.deskOf(agent),
    /** Lets minutes pass. */
    pass: (minutes: number): void => void (now += minutes * 60_000),
    [Symbol.asyncDispose]: () => store.close(),
  };
}
