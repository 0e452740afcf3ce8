/// <reference lib="dom" />
import { fetchApiJson, RequestError } from "../apiClient.ts";
import type { AgentList } from "../agents/agentTypes.ts";
import type { AgentTitles } from "../apiTypes.ts";
import { createDeclaredVariables } from "../declaredVariables.ts";
import { element, find } from "../elements.ts";
import { may } from "../me.ts";
import { language, t } from "../text.ts";
import { createVariableRows, type VariableRows } from "../variableRows.ts";
import { remedyFor } from "./remedies.ts";

/** Creates the form that places one call. */
export function createPlaceView(
  titles: Promise<AgentTitles>,
): (filter: URLSearchParams, signal: AbortSignal) => Promise<void> {
  const form = find("place-form", HTMLFormElement);
  const to = find("place-to", HTMLInputElement);
  const agents = find("place-agent", HTMLSelectElement);
  const call = find("place-call", HTMLButtonElement);
  const problem = find("place-problem", HTMLElement);
  const remedy = find("place-remedy", HTMLElement);
  const placed = find("place-placed", HTMLElement);
  const more = find("place-add", HTMLButtonElement);
  const declared = createDeclaredVariables(find("place-declared", HTMLElement));
  const added = createVariableRows(
    find("place-variables", HTMLElement),
    more,
    () => declared.names.size,
  );
  // Before the browser looks whether all is valid, also where Enter sends the form.
  call.onclick = () => added.check(declared.names);
  // Sent again after a lost answer, the same call is not placed twice.
  let attempt = { body: "", id: "" };

  return async function showPlace(filter, signal) {
    const chosen = agents.value;
    agents.replaceChildren(
      element("option", { value: "", textContent: t("The usual one") }),
      ...[...await titles].map(([value, textContent]) => element("option", { value, textContent })),
    );
    agents.value = chosen;
    if (filter.has("to")) to.value = filter.get("to") ?? "";
    tell("");
    const listed = fetchAgents(signal);
    const offerVariables = async () => {
      const all = await listed;
      const agent = all.find(({ name, isDefault }) =>
        agents.value === "" ? isDefault : name === agents.value
      );
      if (!signal.aborted) declared.offer(agent?.variables ?? []);
    };
    agents.onchange = offerVariables;
    offerVariables();
    form.onsubmit = (event) => {
      event.preventDefault();
      place(signal);
    };
  };

  async function place(signal: AbortSignal): Promise<void> {
    const body = JSON.stringify(requestOf(new FormData(form), [
      ...declared.entries,
      ...added.entries,
    ]));
    if (attempt.body !== body) attempt = { body, id: crypto.randomUUID() };
    call.disabled = true;
    tell("");
    placed.replaceChildren();
    try {
      const answer = await fetchApiJson<Placed>("/api/outbound/initiate", {
        method: "POST",
        headers: { "content-type": "application/json", "idempotency-key": attempt.id },
        body,
        signal,
      });
      attempt = { body: "", id: "" };
      show(answer);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof RequestError)) throw error;
      const [detail] = error.details;
      const isField = detail !== undefined && error.code === "invalid_request";
      const country = detail?.country;
      tell(
        isField
          ? `${detail.path} ${detail.message}.`
          : country === undefined
          ? error.message
          : `${error.message} ${
            t("It belongs to {country}.", { country: nameOfCountry(country) })
          }`,
        remedyFor(error, detail?.reason),
      );
    } finally {
      call.disabled = false;
    }
  }

  function tell(text: string, help = ""): void {
    problem.textContent = text;
    remedy.textContent = help;
  }

  function show({ callId, status, missingVariables = [] }: Placed): void {
    const words = status === "queued"
      ? t("The call waits for its turn.")
      : t("The phone is being rung.");
    const missing = missingVariables.length === 0 ? [] : [
      ` ${t("The agent has no value for: {names}.", { names: missingVariables.join(", ") })}`,
    ];
    const link = element("a", { href: `#calls/${callId}`, textContent: t("Watch it") });
    placed.replaceChildren(`${words} `, link, ...missing);
  }
}

/** None where they cannot be read: variables can be added by name. */
async function fetchAgents(signal: AbortSignal): Promise<AgentList["agents"]> {
  if (!may("calls:read")) return [];
  try {
    return (await fetchApiJson<AgentList>("/api/agents", { signal })).agents;
  } catch {
    return [];
  }
}

function nameOfCountry(code: string): string {
  return new Intl.DisplayNames(language, { type: "region" }).of(code) ?? code;
}

/** What the form says, as the API takes it; fields that are left empty are left out. */
function requestOf(
  form: FormData,
  variables: VariableRows["entries"],
): Readonly<Record<string, unknown>> {
  const text = (name: string) => String(form.get(name) ?? "").trim();
  const machine = text("machine");
  const at = text("at");
  const given = {
    to: text("to").replace(/[\s().-]/g, ""),
    agent: text("agent"),
    context: text("context"),
    variables: variables.length === 0 ? undefined : Object.fromEntries(variables),
    machineDetection: machine === "" ? undefined : machine === "true",
    consent: text("source") === "" && at === "" ? undefined : {
      source: text("source"),
      ...(at !== "" && { at: new Date(at).toISOString() }),
    },
  };
  return Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined && value !== ""),
  );
}

interface Placed {
  readonly callId: string;
  /** Where the call waits. */
  readonly status?: "queued";
  readonly missingVariables?: readonly string[];
}
