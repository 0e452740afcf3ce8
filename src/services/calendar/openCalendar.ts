import type { Agent, Agents } from "../../config/agents.ts";
import { mainLanguage } from "../../config/agentSchema.ts";
import type { Settings } from "../../config/settings.ts";
import type { Store } from "../store.ts";
import { BoundedMap } from "../../utils/boundedMap.ts";
import { type CalendarDesk, createCalendarDesk } from "./calendarDesk.ts";
import { createAgenda } from "./agenda.ts";
import { createHandles } from "./handles.ts";

export interface OpenCalendarDeps {
  readonly settings: Pick<Settings, "webhook">;
  readonly agents: Pick<Agents, "names" | "get">;
  readonly store: Pick<Store, "calendar">;
  /** Signs what is handed out to models; the same in all processes. */
  readonly pseudonymSecret: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** The calendars of all agents. */
export type Calendar = ReturnType<typeof openCalendar>;

/** Lookups are counted for so many calls. */
const MAX_CALLS = 10_000;

export function openCalendar({ settings, agents, store, pseudonymSecret, now }: OpenCalendarDeps) {
  const { calendar } = store;
  const handles = createHandles(pseudonymSecret);
  const lookups = new BoundedMap<string, number>(MAX_CALLS);
  const { webhook } = settings;
  const endpoint = webhook === undefined ? undefined : new URL(webhook.url).origin;
  const desks = new WeakMap<Agent, CalendarDesk>();
  let onChange = () => {};
  const told = { endpoint, onChange: () => onChange(), now };
  return {
    /** What the tools of an agent ask. Throws for an agent that has no calendar. */
    deskOf(agent: Agent): CalendarDesk {
      const known = desks.get(agent);
      if (known !== undefined) return known;
      if (agent.calendar === undefined) throw new Error("Cannot open a calendar: there is none");
      const desk = createCalendarDesk({
        ...told,
        store: calendar,
        handles,
        rules: { ...agent.calendar, timezone: agent.timezone },
        language: mainLanguage(agent),
        lookups,
      });
      desks.set(agent, desk);
      return desk;
    },
    /** What operators see and change. */
    agenda: createAgenda({ ...told, store: calendar, agents }),
    /** Sets the only listener: there is something new in the outbox. */
    onOutbox: (listener: () => void): void => void (onChange = listener),
  };
}
