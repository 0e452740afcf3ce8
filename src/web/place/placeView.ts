/// <reference lib="dom" />
import { fetchApiJson, RequestError } from "../apiClient.ts";
import type { AgentTitles } from "../apiTypes.ts";
import { element, find } from "../elements.ts";
import { t } from "../text.ts";
import { remedyFor } from "./remedies.ts";
import { createVariableRows } from "./variableRows.ts";

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
  const variables = createVariableRows(find("place-variables", HTMLElement));
  find("place-add", HTMLButtonElement).onclick = variables.add;
  // Of one attempt: sent again after a lost answer, the call is not placed twice.
  let attempt = crypto.randomUUID();
  form.oninput = () => attempt = crypto.randomUUID();

  return async function showPlace(filter, signal) {
    const chosen = agents.value;
    agents.replaceChildren(
      element("option", { value: "", textContent: t("The usual one") }),
      ...[...await titles].map(([value, textContent]) => element("option", { value, textContent })),
    );
    agents.value = chosen;
    if (filter.has("to")) to.value = filter.get("to") ?? "";
    tell("");
    form.onsubmit = (event) => {
      event.preventDefault();
      place(signal);
    };
  };

  async function place(signal: AbortSignal): Promise<void> {
    call.disabled = true;
    tell("");
    placed.replaceChildren();
    try {
      const answer = await fetchApiJson<Placed>("/api/outbound/initiate", {
        method: "POST",
        headers: { "content-type": "application/json", "idempotency-key": attempt },
        body: JSON.stringify(requestOf(new FormData(form), variables.values())),
        signal,
      });
      attempt = crypto.randomUUID();
      show(answer);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof RequestError)) throw error;
      const [detail] = error.details;
      const isField = detail !== undefined && error.code === "invalid_request";
      tell(
        isField ? `${detail.path} ${detail.message}.` : error.message,
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

/** What the form says, as the API takes it; fields that are left empty are left out. */
function requestOf(
  form: FormData,
  variables: Readonly<Record<string, string>> | undefined,
): Readonly<Record<string, unknown>> {
  const text = (name: string) => String(form.get(name) ?? "").trim();
  const machine = text("machine");
  const at = text("at");
  const given = {
    to: text("to").replace(/[\s().-]/g, ""),
    agent: text("agent"),
    context: text("context"),
    variables,
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
