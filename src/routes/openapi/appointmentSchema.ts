import { z } from "@hono/zod-openapi";
import { appointmentStates } from "../../services/store.ts";
import { time } from "./schemaParts.ts";

export const appointment = z.object({
  id: z.string().openapi({ example: "apt_3m4p5q6r7s8t9v0w" }),
  calendar: z.string(),
  service: z.string(),
  startsAt: time,
  endsAt: time,
  state: z.enum(appointmentStates),
  name: z.string().openapi({ description: "Empty once it is erased" }),
  phone: z.string().nullable(),
  note: z.string().nullable(),
  callId: z.string().nullable().openapi({ description: "The call that it was booked in" }),
  createdAt: time,
  changedAt: time,
}).openapi("Appointment");
