import { z } from "zod";
import { closed, week } from "./hoursSchema.ts";
import { NAME } from "./names.ts";
import { entryName } from "./schemaParts.ts";

/** The unit of all lengths: shorter ones would let appointments overlap by a fraction of it. */
const UNIT_MINUTES = 5;

const minutes = (max: number) =>
  z.number().int().min(UNIT_MINUTES).max(max).multipleOf(UNIT_MINUTES);

const service = z.strictObject({
  /** As the agent says it. */
  title: z.string().trim().min(1).max(80),
  minutes: minutes(480),
  /** What callers should know of it, such as its price. */
  say: z.string().trim().min(1).max(500).optional(),
});

/** `calendar` of an agent's file: what can be booked, and when, by the clocks of the agent's time zone. */
export const calendar = z.strictObject({
  /** Agents with a calendar of the same name share its appointments. */
  name: z.string().regex(
    NAME,
    "must be lower-case letters, digits, - and _",
  )
    .default("main"),
  hours: week.refine((days) => days.some((spans) => spans.length > 0), "must open on some day"),
  closed,
  services: z.record(entryName, service).refine(
    (services) => Object.keys(services).length >= 1 && Object.keys(services).length <= 32,
    "must be 1 to 32",
  ),
  /** Appointments begin at whole multiples of it, counted from the beginning of opening times. */
  slot_minutes: minutes(240).default(15),
  /** How many appointments there may be at a time. */
  capacity: z.number().int().min(1).max(20).default(1),
  min_notice_minutes: z.number().int().min(0).max(30 * 24 * 60).default(60),
  max_days_ahead: z.number().int().min(1).max(366).default(60),
});

export type CalendarRules = z.infer<typeof calendar>;
