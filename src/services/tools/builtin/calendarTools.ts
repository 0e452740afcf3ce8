import type { CalendarRules } from "../../../config/calendarSchema.ts";
import type { CallDirection } from "../../../call/types.ts";
import { present } from "../../../utils/present.ts";
import { type Tool, type ToolContext, ToolError } from "../tool.ts";
import { calendarQuestions } from "./calendarQuestions.ts";

/** What the tools ask of a calendar; each answer is for the model. */
export interface CalendarPort {
  find(call: CalendarCall, asked: FindArguments): Promise<CalendarAnswer>;
  book(call: CalendarCall, given: BookArguments): Promise<CalendarAnswer>;
  mine(
    call: CalendarCall,
    said: { readonly name?: string; readonly phone?: string },
  ): Promise<CalendarAnswer>;
  move(
    call: CalendarCall,
    given: { readonly appointment: string; readonly slot: string },
  ): Promise<CalendarAnswer>;
  cancel(call: CalendarCall, given: { readonly appointment: string }): Promise<CalendarAnswer>;
}

export interface CalendarCall {
  readonly callId: string;
  readonly direction: CallDirection;
  readonly caller?: string;
  readonly callerProven?: boolean;
  /** What may be kept of a text. */
  redact?(text: string): string;
}

interface FindArguments {
  readonly service: string;
  readonly when?: string;
  readonly part?: PartOfDay;
}

interface BookArguments {
  readonly slot: string;
  readonly name: string;
  readonly phone?: string;
  readonly note?: string;
}

type CalendarAnswer =
  | { readonly ok: true; readonly output: unknown }
  | { readonly ok: false; readonly code: string; readonly message: string };

const partsOfDay = ["morning", "afternoon", "evening"] as const;
type PartOfDay = (typeof partsOfDay)[number];

/** The names of the tools that an agent with a calendar has. */
export const CALENDAR_TOOLS: readonly string[] = [
  "find_slots",
  "book_slot",
  "my_appointments",
  "move_appointment",
  "cancel_appointment",
];

/**
 * The tools of an agent with a calendar, in its language. Times and appointments are ids that were handed out in
 * the same call: nothing that a model makes up can be booked, moved or cancelled.
 */
export function createCalendarTools(
  { services }: Pick<CalendarRules, "services">,
  language: string,
  calendar: () => CalendarPort,
): readonly Tool[] {
  const questions = calendarQuestions(language);
  const names = Object.keys(services);
  const [only] = names.length === 1 ? names : [];
  const list = Object.entries(services)
    .map(([name, { title, minutes }]) => `${name}: ${title}, ${minutes} minutes`).join("; ");
  return [
    tool({
      name: "find_slots",
      description:
        "Finds free times for an appointment, five at most. Use it before you name any time, and " +
        "name only times that it returns, in its words. Pass on the caller's own words for the day: it works " +
        "the date out.",
      properties: {
        service: { type: "string", enum: names, description: list },
        when: text(
          200,
          'The day or days that the caller asked for, such as "tomorrow", "next Tuesday", "on the 3rd", ' +
            '"in two weeks" or "2027-01-31". Leave it out for the earliest.',
        ),
        part_of_day: { type: "string", enum: [...partsOfDay] },
      },
      required: only === undefined ? ["service"] : [],
      run: ({ service, when, part_of_day }, call) =>
        calendar().find(call, {
          service: textIn(service) ?? only ?? "",
          ...present({
            when: textIn(when),
            part: partsOfDay.find((part) => part === part_of_day),
          }),
        }),
    }),
    tool({
      name: "book_slot",
      description:
        "Books a time that find_slots has returned, once the caller has chosen it and given a name. " +
        "It is booked only when this says so.",
      properties: {
        slot: text(64, "The slot's id, exactly as find_slots has returned it."),
        name: text(100, "The caller's name, as the caller has confirmed it."),
        phone: text(40, "Only where the caller wants another number than the one of this call."),
        note: text(300, "What the caller wants the business to know, in a few words."),
      },
      required: ["slot", "name"],
      question: questions.book,
      run: ({ slot, name, phone, note }, call) =>
        calendar().book(call, {
          slot: String(slot),
          name: String(name),
          ...present({ phone: textIn(phone), note: textIn(note) }),
        }),
    }),
    tool({
      name: "my_appointments",
      description:
        "Finds the caller's appointments that are still to come. Use it before you move or cancel " +
        "one. Where it asks for name and number, ask the caller for both.",
      properties: {
        name: text(100, "The name that the appointment was made under."),
        phone: text(40, "The phone number that it was made with."),
      },
      required: [],
      run: ({ name, phone }, call) =>
        calendar().mine(call, present({ name: textIn(name), phone: textIn(phone) })),
    }),
    tool({
      name: "move_appointment",
      description: "Moves an appointment of the caller to a time that find_slots has returned.",
      properties: {
        appointment: text(64, "Its id, exactly as my_appointments or book_slot has returned it."),
        slot: text(64, "The new slot's id, exactly as find_slots has returned it."),
      },
      required: ["appointment", "slot"],
      question: questions.move,
      run: ({ appointment, slot }, call) =>
        calendar().move(call, { appointment: String(appointment), slot: String(slot) }),
    }),
    tool({
      name: "cancel_appointment",
      description: "Cancels an appointment of the caller.",
      properties: {
        appointment: text(64, "Its id, exactly as my_appointments or book_slot has returned it."),
      },
      required: ["appointment"],
      question: questions.cancel,
      run: ({ appointment }, call) => calendar().cancel(call, { appointment: String(appointment) }),
    }),
  ];
}

interface CalendarTool extends Pick<Tool, "name" | "description"> {
  readonly properties: Readonly<Record<string, unknown>>;
  readonly required: readonly string[];
  /** Asked of the caller first, with the arguments in their spoken form. */
  readonly question?: string;
  readonly run: (
    args: Readonly<Record<string, unknown>>,
    call: CalendarCall,
  ) => Promise<CalendarAnswer>;
}

function tool({ name, description, properties, required, question, run }: CalendarTool): Tool {
  return {
    name,
    description,
    parameters: { type: "object", properties, required, additionalProperties: false },
    ...(question !== undefined &&
      { options: { confirm: { question, ids: required.filter((name) => name !== "name") } } }),
    async run(args, context) {
      const answer = await run(args, callOf(context));
      if (answer.ok) return { output: answer.output };
      throw new ToolError(answer.code, answer.message);
    },
  };
}

function callOf({ callId, direction, caller, callerProven }: ToolContext): CalendarCall {
  return { callId, direction, ...present({ caller, callerProven }) };
}

function text(maxLength: number, description: string) {
  return { type: "string", maxLength, description };
}

function textIn(value: unknown): string | undefined {
  return typeof value === "string" && value.trim() !== "" ? value : undefined;
}
