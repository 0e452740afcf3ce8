import { createRoute, z } from "@hono/zod-openapi";
import type { MiddlewareHandler } from "@hono/hono";
import { NAME } from "../config/names.ts";
import { type Calendar, type EnteredResult, viewAppointment } from "../services/calendar.ts";
import { appointmentStates } from "../services/store.ts";
import { presentedKey } from "../utils/auth.ts";
import { present } from "../utils/present.ts";
import type { RequireScope } from "./middleware/access.ts";
import { HttpProblem } from "./middleware/httpProblem.ts";
import { jsonBody } from "./middleware/jsonBody.ts";
import { appointment } from "./openapi/appointmentSchema.ts";
import {
  answer,
  apiRoutes,
  callIdParam,
  errorAnswers,
  json,
  moment,
  wholeNumber,
} from "./openapi/schemaParts.ts";

/** `/api/appointments`: what is booked in the calendars of the agents, also for calendar programs. */
export function appointmentsRoutes({ access, agenda }: {
  readonly access: RequireScope;
  readonly agenda: Calendar["agenda"];
}) {
  const routes = apiRoutes();
  const reading = { middleware: [access("appointments:read")] };

  routes.openapi({ ...all, ...reading }, async (c) => {
    const { limit, ...asked } = c.req.valid("query");
    // One more tells whether there are more.
    const found = await agenda.list({ ...present(asked), limit: limit + 1 });
    return c.json({
      appointments: found.slice(0, limit).map(viewAppointment),
      more: found.length > limit,
      calendars: agenda.calendars().map((calendar) => ({ ...calendar })),
    }, 200);
  });

  routes.openapi(
    { ...feed, middleware: [keyInAddress, access("appointments:read")] },
    async (c) => {
      const file = await agenda.file(c.req.valid("query").calendar);
      return c.body(file, 200, {
        "Content-Type": "text/calendar; charset=utf-8",
        "Content-Disposition": 'inline; filename="appointments.ics"',
        "Cache-Control": "no-store",
      });
    },
  );

  routes.openapi(
    { ...enter, middleware: [access("appointments:write", "appointment.enter"), jsonBody(8192)] },
    async (c) => {
      const { phone, note, minutes, ...given } = c.req.valid("json");
      const result = await agenda.enter({ ...given, ...present({ phone, note, minutes }) });
      if (!result.ok) throw problemOf(result.code);
      c.set("audited", { action: "appointment.enter", subject: result.appointment.id });
      return c.json(viewAppointment(result.appointment), 201);
    },
  );

  routes.openapi({
    ...cancel,
    middleware: [access("appointments:write", "appointment.cancel")],
  }, async (c) => {
    const result = await agenda.cancel(c.req.valid("param").id);
    if (!result.ok) throw problemOf(result.code);
    return c.json(viewAppointment(result.appointment), 200);
  });

  return routes;
}

/** Calendar programs send no headers: the key may stand in the address, which is never logged. */
const keyInAddress: MiddlewareHandler = async (c, next) => {
  const key = c.req.query("key");
  if (key !== undefined) {
    if (presentedKey(c.req.raw.headers) !== undefined) throw twoKeys();
    const headers = new Headers(c.req.raw.headers);
    // What cannot stand in a header is no key.
    if (/^[\x21-\x7e]+$/.test(key)) headers.set("x-api-key", key);
    c.req.raw = new Request(c.req.raw, { headers });
  }
  await next();
};

function twoKeys(): HttpProblem {
  return new HttpProblem(422, "invalid_request", "The request is not valid: see details.", {
    details: [{ path: "key", message: "must be left out where a header has the key" }],
  });
}

function problemOf(code: Extract<EnteredResult, { readonly ok: false }>["code"]): HttpProblem {
  switch (code) {
    case "unknown":
      return new HttpProblem(404, "unknown_appointment", "There is no appointment of this id.");
    case "unknown_calendar":
      return new HttpProblem(422, "unknown_calendar", "No agent has a calendar of this name.");
    case "minutes_needed":
      return new HttpProblem(
        422,
        "minutes_needed",
        "The calendar has no service of this name: say how many minutes it takes.",
      );
    case "taken":
    case "too_many":
      return new HttpProblem(409, "time_taken", "This time is taken.");
  }
}

const tags = ["Appointments"];

const calendarName = z.string().regex(
  NAME,
  "must be the name of a calendar",
);

const all = createRoute({
  method: "get",
  path: "/api/appointments",
  operationId: "listAppointments",
  summary: "List appointments",
  description: "In the order of their times. Takes the scope `appointments:read`.",
  tags,
  request: {
    query: z.strictObject({
      from: moment.optional(),
      to: moment.optional(),
      calendar: calendarName.optional(),
      callId: callIdParam.shape.id.optional(),
      state: z.enum(appointmentStates).optional(),
      limit: wholeNumber({ min: 1, max: 1000, fallback: 200 }),
    }),
  },
  responses: {
    200: answer(
      "Those that end after `from` and begin before `to`",
      z.object({
        appointments: z.array(appointment),
        more: z.boolean().openapi({ description: "Ask again, from the end of the last one" }),
        calendars: z.array(z.object({
          name: z.string(),
          timeZone: z.string(),
          services: z.record(z.string(), z.string()).openapi({
            description: "Their titles, by the names that appointments have",
          }),
        })).openapi({ description: "All calendars of the agents, by name" }),
      }).openapi("AppointmentList"),
    ),
    ...errorAnswers,
  },
});

const feed = createRoute({
  method: "get",
  path: "/api/appointments.ics",
  operationId: "getCalendarFile",
  summary: "Subscribe to appointments with a calendar program",
  description:
    "From a month ago on, as iCalendar. Takes the scope `appointments:read`; the key may stand in the address as `key`, for programs that send no headers: give it no other scope.",
  tags,
  request: {
    query: z.strictObject({
      calendar: calendarName.optional(),
      key: z.string().max(2000).optional().openapi({ description: "In place of a header" }),
    }),
  },
  responses: {
    200: {
      description: "The calendar",
      content: { "text/calendar": { schema: z.string() } },
    },
    ...errorAnswers,
  },
});

const enter = createRoute({
  method: "post",
  path: "/api/appointments",
  operationId: "enterAppointment",
  summary: "Enter an appointment",
  description:
    "At any time that is not taken, also outside the opening hours: agents offer it no more. 409 `time_taken` where it is. Takes the scope `appointments:write`.",
  tags,
  request: {
    body: {
      required: true,
      content: json(
        z.strictObject({
          calendar: calendarName,
          service: z.string().trim().min(1).max(80).openapi({
            description: "One of the calendar's services, or another use of the time",
          }),
          startsAt: z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)).openapi({
            type: "string",
            format: "date-time",
            example: "2027-01-31T09:00:00Z",
          }),
          minutes: z.number().int().min(5).max(1440).optional().openapi({
            description: "Where it is no service of the calendar, or takes longer",
          }),
          name: z.string().trim().min(1).max(100),
          phone: z.string().regex(/^\+?\d{6,15}$/, "must be a phone number").optional(),
          note: z.string().trim().min(1).max(300).optional(),
        }),
      ),
    },
  },
  responses: { 201: answer("The appointment", appointment), ...errorAnswers },
});

const cancel = createRoute({
  method: "delete",
  path: "/api/appointments/{id}",
  operationId: "cancelAppointment",
  summary: "Cancel an appointment",
  description:
    "It stays on record as cancelled, and its time is free. Takes the scope `appointments:write`.",
  tags,
  request: {
    params: z.object({
      id: z.string().regex(/^apt_[0-9a-z]{1,64}$/, "must be apt_ and what follows"),
    }),
  },
  responses: { 200: answer("The cancelled appointment", appointment), ...errorAnswers },
});
