/// <reference lib="dom" />
import { fetchApi, fetchApiJson } from "../apiClient.ts";
import { element, find } from "../elements.ts";
import { formatDayWithin, formatTime } from "../formats.ts";
import { t } from "../text.ts";

/** One of `GET /api/sessions`. */
interface Session {
  readonly id: string;
  readonly name: string;
  readonly role: string | null;
  readonly beganAt: string;
  readonly isOwn: boolean;
}

/** Shows who is signed in, each with a button that ends it; resolves with their names. Throws `RequestError`. */
export async function showSessions(
  signal: AbortSignal,
  tell: (error: unknown) => void,
): Promise<readonly string[]> {
  const { sessions } = await fetchApiJson<{ readonly sessions: readonly Session[] }>(
    "/api/sessions",
    { signal },
  );
  if (signal.aborted) return [];
  find("signed-in", HTMLElement).hidden = sessions.length === 0;
  const now = new Date();
  find("signed-in-list", HTMLElement).replaceChildren(
    ...sessions.map((session) => rowOf(session, now, () => end(session).catch(tell))),
  );
  return [...new Set(sessions.map(({ name }) => name))];

  async function end({ id }: Session): Promise<void> {
    await fetchApi(`/api/sessions/${id}/end`, { method: "POST", signal });
    await showSessions(signal, tell);
    find("signed-in-heading", HTMLElement).focus();
  }
}

function rowOf({ name, role, beganAt, isOwn }: Session, now: Date, end: () => void): HTMLElement {
  const since = t("since {time}, {day}", {
    time: formatTime(beganAt),
    day: formatDayWithin(beganAt, now),
  });
  const what = [role === null ? t("No role any more") : ROLES[role] ?? role, since];
  const button = element("button", { type: "button", textContent: t("Sign out"), onclick: end });
  button.setAttribute("aria-label", t("Sign out {name}", { name }));
  return element("li", {}, [
    element("span", { className: "who", textContent: name }),
    element("span", { className: "way", textContent: what.join(" · ") }),
    isOwn ? element("span", { className: "own", textContent: t("This is you") }) : button,
  ]);
}

const ROLES: Readonly<Record<string, string>> = {
  viewer: t("Viewer"),
  operator: t("Operator"),
  admin: t("Admin"),
};
