/// <reference lib="dom" />
import { fetchApiJson } from "../apiClient.ts";
import type { Appointment, AppointmentPage, ListedCalendar } from "../apiTypes.ts";
import { element, find } from "../elements.ts";
import { problemText } from "../problemText.ts";
import { createQuestionDialog } from "../questionDialog.ts";
import { appointmentDays } from "./appointmentRows.ts";
import { fetchAppointments, formatDate, formatTimes, serviceOf, zoneOf } from "./appointments.ts";
import { t } from "../text.ts";

const PAGE = "200";
const DAY_MS = 86_400_000;

/**
 * Creates the view of what is booked: what is to come, or the last 30 days, with a way to cancel. The
 * choice is the query behind `#calendar` in the URL. Throws `RequestError`.
 */
export function createCalendarView(): (
  chosen: URLSearchParams,
  signal: AbortSignal,
) => Promise<void> {
  const main = find("calendar", HTMLElement);
  const form = find("calendar-filter", HTMLFormElement);
  const list = find("calendar-list", HTMLElement);
  const empty = find("calendar-empty", HTMLElement);
  const later = find("calendar-later", HTMLButtonElement);
  const problem = find("calendar-problem", HTMLElement);
  const fields = [...form.querySelectorAll("select")];
  const dialog = createQuestionDialog("cancel", {
    title: t("Cancel this appointment?"),
    then: t("Its time is free again. The customer is not told."),
    confirm: t("Cancel it"),
    keep: t("Keep it"),
  });

  form.onsubmit = (event) => event.preventDefault();
  form.onchange = () => {
    const query = new URLSearchParams();
    for (const { name, value } of fields) if (value !== "") query.set(name, value);
    location.hash = query.size === 0 ? "calendar" : `calendar?${query}`;
  };

  return async function showCalendar(chosen, signal) {
    main.ariaBusy = "true";
    problem.textContent = "";
    signal.addEventListener("abort", dialog.close);
    const isPast = chosen.get("when") === "past";
    const query = queryOf(chosen, isPast);
    const page = await fetchAppointments(query, signal);
    if (signal.aborted) return;
    showFilter(chosen, page.calendars);
    const known = new Map(page.appointments.map((each) => [each.id, each]));
    show(page);
    main.ariaBusy = "false";

    function show({ more, calendars }: AppointmentPage): void {
      const all = [...known.values()];
      const onCancel = (appointment: Appointment) =>
        dialog.ask(questionOf(appointment, calendars), async () => {
          const path = `/api/appointments/${appointment.id}`;
          const cancelled = await fetchApiJson<Appointment>(path, { method: "DELETE" });
          if (signal.aborted) return;
          known.set(cancelled.id, cancelled);
          show({ appointments: [], more, calendars });
        });
      list.replaceChildren(
        ...appointmentDays(isPast ? all.reverse() : all, { calendars, onCancel }),
      );
      showZones(calendars);
      showEmptiness(known.size === 0, chosen, calendars);
      later.hidden = !more;
      later.onclick = () => load(calendars).catch(tell);
    }

    async function load(calendars: readonly ListedCalendar[]): Promise<void> {
      later.disabled = true;
      try {
        const from = [...known.values()].at(-1)?.startsAt ?? new Date().toISOString();
        const next = await fetchAppointments({ ...query, from }, signal);
        if (signal.aborted) return;
        // Those that last still are listed again.
        for (const each of next.appointments) known.set(each.id, each);
        show({ ...next, calendars });
      } finally {
        later.disabled = false;
      }
    }

    function tell(error: unknown): void {
      if (!signal.aborted) problem.textContent = problemText(error);
    }
  };

  function showFilter(chosen: URLSearchParams, calendars: readonly ListedCalendar[]): void {
    for (const field of fields) {
      if (field.name === "calendar") {
        field.hidden = calendars.length < 2;
        field.replaceChildren(
          new Option(t("All calendars"), ""),
          ...calendars.map(({ name }) => new Option(name)),
        );
      }
      field.value = chosen.get(field.name) ?? "";
      if (field.selectedIndex === -1) field.value = "";
    }
  }

  function showEmptiness(
    isEmpty: boolean,
    chosen: URLSearchParams,
    calendars: readonly ListedCalendar[],
  ): void {
    empty.hidden = !isEmpty;
    empty.replaceChildren(
      ...(calendars.length === 0
        ? [
          element("p", { textContent: t("No agent has a calendar.") }),
          element("p", {
            textContent: t(
              "An agent whose file has a calendar books appointments with its callers: they are found here.",
            ),
          }),
        ]
        : [
          element("p", {
            textContent: chosen.size > 0 ? t("No appointments match.") : t("Nothing is booked."),
          }),
          ...(chosen.size === 0 ? [] : [
            element("p", {}, [
              element("a", { href: "#calendar", textContent: t("Show what is to come") }),
            ]),
          ]),
        ]),
    );
  }
}

function queryOf(chosen: URLSearchParams, isPast: boolean): Readonly<Record<string, string>> {
  const now = Date.now();
  const [calendar, state] = [chosen.get("calendar"), chosen.get("state")];
  return {
    from: new Date(isPast ? now - 30 * DAY_MS : now).toISOString(),
    ...(isPast && { to: new Date(now).toISOString() }),
    ...(calendar !== null && { calendar }),
    ...(state !== null && { state }),
    limit: isPast ? "1000" : PAGE,
  };
}

/** In which zones the times are, where that is not the browser's. */
function showZones(calendars: readonly ListedCalendar[]): void {
  const own = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  const zones = [...new Set(calendars.map(({ timeZone }) => timeZone))];
  find("calendar-zones", HTMLElement).textContent = zones.every((zone) => zone === own)
    ? ""
    : zones.length === 1
    ? t("By the clocks of {zone}", { zone: zones[0] ?? "" })
    : t("By the clocks of each calendar: {zones}", { zones: zones.join(", ") });
}

function questionOf(appointment: Appointment, calendars: readonly ListedCalendar[]): string {
  const zone = zoneOf(appointment, calendars);
  return [
    ...(appointment.name === "" ? [] : [appointment.name]),
    serviceOf(appointment, calendars),
    `${formatDate(appointment.startsAt, zone)}, ${formatTimes(appointment, zone)}`,
  ].join(" · ");
}
