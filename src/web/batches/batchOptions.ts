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

/** `mon-fri 09:00-18:00; sat 10:00-14:00` by days. What has another form goes to the server, which says so. */
export function hoursOf(text: string): Readonly<Record<string, string>> {
  const parts = text.split(";").map((part) => part.trim()).filter((part) => part !== "");
  return Object.fromEntries(parts.map((part) => {
    const [, days = part, times = ""] = /^([A-Za-z,\s-]*[A-Za-z])[\s:]+(\d.*)$/.exec(part) ?? [];
    return [days.toLowerCase(), times];
  }));
}
