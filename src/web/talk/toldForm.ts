/// <reference lib="dom" />
import { fetchJson } from "../apiClient.ts";
import { element } from "../elements.ts";
import { t } from "../text.ts";
import { createVariableRows, MAX_VALUE_CHARS, MAX_VARIABLES } from "../variableRows.ts";
import type { SessionRequest } from "./connection.ts";

/** What the agent is told of a call before it begins. */
export type Told = Pick<SessionRequest, "context" | "variables">;

/** The limit of the server, as docs/web-protocol.md has it. */
const MAX_CONTEXT_CHARS = 4000;

/** Fills the disclosure of the start form: the variables of an agent's file, others by name, and a context. */
export function createToldForm(place: HTMLElement) {
  const declared = element("div", { className: "told-declared" });
  const others = element("div", { className: "told-others" });
  const more = element("button", {
    type: "button",
    className: "quiet",
    textContent: t("Add a variable"),
  });
  const context = element("textarea", { rows: 3, maxLength: MAX_CONTEXT_CHARS });
  const fields = new Map<string, HTMLInputElement>();
  const rows = createVariableRows(others, more, () => fields.size);
  place.replaceChildren(
    declared,
    others,
    more,
    element("label", {}, [t("Context: what the agent should know about this call"), context]),
  );

  return {
    /** Offers the variables of this agent; those that the server does not tell can be added by name. */
    async offer(agent: string, key: string): Promise<void> {
      const names = await fetchVariables(agent, key);
      const kept = new Map([...fields].map(([name, { value }]) => [name, value]));
      fields.clear();
      declared.replaceChildren(
        ...names.slice(0, MAX_VARIABLES).map((name) => {
          const field = element("input", {
            maxLength: MAX_VALUE_CHARS,
            value: kept.get(name) ?? "",
            autocomplete: "off",
          });
          fields.set(name, field);
          return element("label", {}, [element("code", { textContent: name }), field]);
        }),
      );
    },
    /** Marks what the server would refuse; the browser shows it. */
    check: (): void => rows.check(new Set(fields.keys())),
    /** Empty where nothing was entered. */
    get told(): Told {
      const entries = [
        ...[...fields].map(([name, { value }]) => [name, value] as const)
          .filter(([, value]) => value !== ""),
        ...rows.entries,
      ];
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
