import type { BatchDetail } from "./batchTypes.ts";

/** What the form says of a batch, as the API takes it; fields that are left empty are left out. */
export function optionsOf(form: FormData): Readonly<Record<string, unknown>> {
  const text = (name: string) => String(form.get(name) ?? "").trim();
  const moment = (name: string) => text(name) && new Date(text(name)).toISOString();
  const hours = hoursOf(text("hours"));
  const retry = [
    ...(form.has("retry-busy") ? [{ on: "busy", afterMinutes: 10, times: 2 }] : []),
    ...(form.has("retry-unanswered")
      ? [{ on: "no_answer", afterMinutes: 240, times: 1, otherTimeOfDay: true }]
      : []),
  ];
  const given = {
    name: text("name"),
    agent: text("agent"),
    country: text("country"),
    startsAt: moment("startsAt"),
    endsAt: moment("endsAt"),
    perMinute: text("perMinute") && Number(text("perMinute")),
    atOnce: text("atOnce") && Number(text("atOnce")),
    hours: Object.keys(hours).length === 0 ? "" : hours,
    retry: retry.length === 0 ? "" : retry,
    stop: text("usd") === "" ? "" : { usd: Number(text("usd")) },
    paused: form.has("paused") || "",
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ""));
}

/** What the form changes of a batch, as the API takes it: fields that were emptied take a bound away. */
export function changesOf(
  form: FormData,
  { name, startsAt, endsAt, plan }: BatchDetail,
): Readonly<Record<string, unknown>> {
  const given = optionsOf(form);
  const { usd: _, ...otherStops } = plan.stop ?? {};
  const stop = { ...otherStops, ...(given["stop"] as object | undefined) };
  const had = {
    ...{ name, startsAt, endsAt, hours: plan.hours, perMinute: plan.perMinute },
    ...{ atOnce: plan.atOnce, stop: plan.stop },
  };
  const wanted: Readonly<Record<string, unknown>> = {
    ...given,
    stop: Object.keys(stop).length === 0 ? undefined : stop,
  };
  return Object.fromEntries(
    Object.entries(had).flatMap(([field, before = null]) => {
      const after = wanted[field] ?? null;
      // A name stays, rather than be empty; times are shown without seconds.
      if (field === "name" && after === null) return [];
      return sameValue(before, after) ? [] : [[field, after]];
    }),
  );
}

function sameValue(before: unknown, after: unknown): boolean {
  const isTime = typeof before === "string" && typeof after === "string" &&
    /^\d{4}-\d\d-\d\dT/.test(before) && /^\d{4}-\d\d-\d\dT/.test(after);
  return isTime
    ? before.slice(0, 16) === after.slice(0, 16)
    : JSON.stringify(before) === JSON.stringify(after);
}

/** Hours as the form has them. */
export function hoursText(hours: Readonly<Record<string, string>> = {}): string {
  return Object.entries(hours).map(([days, times]) => `${days} ${times}`).join("; ");
}

/** A moment as a field of the browser's own time has it; empty for none. */
export function fieldMoment(moment: string | null): string {
  if (moment === null) return "";
  const at = new Date(moment);
  const local = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}

/** `mon-fri 09:00-18:00; sat 10:00-14:00` by days. What has another form goes to the server, which says so. */
function hoursOf(text: string): Readonly<Record<string, string>> {
  const parts = text.split(";").map((part) => part.trim()).filter((part) => part !== "");
  return Object.fromEntries(parts.map((part) => {
    const [, days = part, times = ""] = /^([A-Za-z,\s-]*[A-Za-z])[\s:]+(\d.*)$/.exec(part) ?? [];
    return [days.toLowerCase(), times];
  }));
}
