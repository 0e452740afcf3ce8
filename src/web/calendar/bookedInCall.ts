/// <reference lib="dom" />
import type { Appointment } from "../apiTypes.ts";
import { element } from "../elements.ts";
import { fetchAppointments, formatDate, formatTimes, serviceOf, zoneOf } from "./appointments.ts";
import { t } from "../text.ts";

/** The appointments that were booked in a call, as a list; empty without any. */
export async function bookedInCall(
  { id, appointments }: { readonly id: string; readonly appointments: readonly Appointment[] },
  signal: AbortSignal,
): Promise<readonly HTMLElement[]> {
  if (appointments.length === 0) return [];
  // For titles and time zones; a key may see calls, and no appointments.
  const listed = await fetchAppointments({ callId: id }, signal).catch(() => undefined);
  const { calendars = [] } = listed ?? {};
  const rows = appointments.map((appointment) => {
    const zone = zoneOf(appointment, calendars);
    const isCancelled = appointment.state === "cancelled";
    return element("li", { className: isCancelled ? "cancelled" : "" }, [
      element("b", { textContent: formatDate(appointment.startsAt, zone) }),
      `, ${formatTimes(appointment, zone)} · `,
      [serviceOf(appointment, calendars), ...(appointment.name === "" ? [] : [appointment.name])]
        .join(" · "),
      ...(isCancelled ? [` · ${t("Cancelled")}`] : []),
    ]);
  });
  return [
    element("h2", {
      textContent: appointments.length === 1 ? t("Appointment") : t("Appointments"),
    }),
    element("ul", {}, rows),
  ];
}
