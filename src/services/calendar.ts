export { type AppointmentChange, viewAppointment } from "./calendar/appointmentMessage.ts";
export { type Calendar, openCalendar } from "./calendar/openCalendar.ts";
export type { EnteredAppointment, EnteredResult } from "./calendar/agenda.ts";
