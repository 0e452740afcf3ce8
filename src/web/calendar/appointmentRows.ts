/// <reference lib="dom" />
import type { Appointment, ListedCalendar } from "../apiTypes.ts";
import { element } from "../elements.ts";
import { formatDate, formatTimes, serviceOf, zoneOf } from "./appointments.ts";
import { needing } from "../me.ts";
import { t } from "../text.ts";

interface RowOptions {
  readonly calendars: readonly ListedCalendar[];
  /** Asks whether an appointment is to be cancelled. */
  readonly onCancel: (appointment: Appointment) => void;
}

/** The appointments in their order, under a heading for each day. */
export function appointmentDays(
  appointments: readonly Appointment[],
  options: RowOptions,
): readonly HTMLElement[] {
  const days: HTMLElement[] = [];
  let day = "";
  let rows = element("ul");
  for (const appointment of appointments) {
    const date = formatDate(appointment.startsAt, zoneOf(appointment, options.calendars));
    if (date !== day) {
      day = date;
      rows = element("ul", { className: "rows appointments" });
      days.push(element("h2", { className: "day", textContent: date }), rows);
    }
    rows.append(rowOf(appointment, options));
  }
  return days;
}

function rowOf(appointment: Appointment, { calendars, onCancel }: RowOptions): HTMLElement {
  const { state, name, phone, note, callId, startsAt, endsAt } = appointment;
  const service = serviceOf(appointment, calendars);
  const isCancelled = state === "cancelled";
  const isOver = Date.parse(endsAt) < Date.now();
  const facts = [
    service,
    ...(calendars.length > 1 ? [appointment.calendar] : []),
    ...(phone === null ? [] : [phone]),
  ];
  const about = element("span", { className: "about" }, [
    element("span", { className: "who", textContent: name === "" ? t("Erased") : name }),
    element("span", { className: "way", textContent: facts.join(" · ") }),
    element("span", { className: "end" }, [
      ...(note === null ? [] : [element("span", { className: "note", textContent: note })]),
      ...(callId === null ? [] : [
        element("a", { href: `#records/${callId}`, textContent: t("The call") }),
      ]),
    ]),
  ]);
  const cancel = () =>
    element("button", {
      type: "button",
      textContent: t("Cancel…"),
      ariaLabel: name === ""
        ? t("Cancel the appointment of somebody, {service}", { service })
        : t("Cancel the appointment of {name}, {service}", { name, service }),
      onclick: () => onCancel(appointment),
    });
  return element("li", { className: isCancelled ? "cancelled" : "" }, [
    element("time", {
      className: "at",
      dateTime: startsAt,
      textContent: formatTimes(appointment, zoneOf(appointment, calendars)),
    }),
    about,
    element("span", { className: "aside" }, [
      ...(isCancelled
        ? [element("span", { className: "verdict fail", textContent: t("Cancelled") })]
        : isOver
        ? []
        : [needing("appointments:write", cancel())]),
    ]),
  ]);
}
