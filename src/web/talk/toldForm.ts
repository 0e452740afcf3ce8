/// <reference lib="dom" />
import { fetchJson } from "../apiClient.ts";
import { element } from "../elements.ts";
import { t } from "../text.ts";
import { createDeclaredVariables } from "../declaredVariables.ts";
import { createVariableRows } from "../variableRows.ts";
import type { SessionRequest } from "./connection.ts";

/** What the agent is told of a call before it begins. */
export type Told = Pick<SessionRequest, "context" | "variables">;

/** The limit of the server, as docs/web-protocol.md has it. */
const MAX_CONTEXT_CHARS = 4000;

/** Fills the disclosure of the start form: the variables of an agent's file, others by name, and a context. */
export function createToldForm(place: HTMLElement) {
  const fields = element("div", { className: "told-declared" });
  const others = element("div", { className: "told-others" });
  const more = element("button", {
    type: "button",
    className: "quiet",
    textContent: t("Add a variable"),
  });
  const context = element("textarea", { rows: 3, maxLength: MAX_CONTEXT_CHARS });
  const declared = createDeclaredVariables(fields);
  const rows = createVariableRows(others, more, () => declared.names.size);
  place.replaceChildren(
    fields,
    others,
    more,
    element("label", {}, [t("Context: what the agent should know about this call"), context]),
  );

  return {
    /** Offers the variables of this agent; those that the server does not tell can be added by name. */
    async offer(agent: string, key: string): Promise<void> {
      declared.offer(await fetchVariables(agent, key));
    },
    /** Marks what the server would refuse; the browser shows it. */
    check: (): void => rows.check(declared.names),
    /** Empty where nothing was entered. */
    get told(): Told {
      const entries = [...declared.entries, ...rows.entries];
      const about = context.value.trim();
      return {
        ...(entries.length > 0 && { variables: Object.fromEntries(entries) }),
        ...(about !== "" && { context: about }),
      };
    },
  };
}

/** None where the key may not read the agents. */
async function fetchVariables(agent: string, key: string): Promise<readonly string[]> {
  try {
    const { agents } = await fetchJson<{
      readonly agents: readonly { readonly name: string; readonly variables: readonly string[] }[];
    }>("/api/agents", { headers: key === "" ? {} : { authorization: `Bearer ${key}` } });
    return agents.find(({ name }) => name === agent)?.variables ?? [];
  } catch {
    return [];
  }
}
