/// <reference lib="dom" />
import { fetchJson } from "../apiClient.ts";
import { element } from "../elements.ts";
import { t } from "../text.ts";
import type { SessionRequest } from "./connection.ts";

/** What the agent is told of a call before it begins. */
export type Told = Pick<SessionRequest, "context" | "variables">;

/** The limits of the server, as docs/web-protocol.md has them. */
const MAX_VALUE_CHARS = 1000;
const MAX_CONTEXT_CHARS = 4000;
const MAX_VARIABLES = 50;
const NAME = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;

interface Row {
  readonly name: HTMLInputElement;
  readonly value: HTMLInputElement;
}

/** Fills the disclosure of the start form: the variables of an agent's file, others by name, and a context. */
export function createToldForm(place: HTMLElement) {
  const declared = element("div", { className: "told-declared" });
  const rows: Row[] = [];
  const others = element("div", { className: "told-others" });
  const more = element("button", {
    type: "button",
    className: "quiet",
    textContent: t("Add a variable"),
    onclick: () => addRow().name.focus(),
  });
  const context = element("textarea", { rows: 3, maxLength: MAX_CONTEXT_CHARS });
  const fields = new Map<string, HTMLInputElement>();
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
    check(): void {
      const names = new Set(fields.keys());
      for (const { name, value } of rows) {
        const given = name.value.trim();
        const problem = given === "" && value.value === ""
          ? ""
          : !NAME.test(given)
          ? t("A name has letters, digits and _, and begins with a letter.")
          : names.has(given)
          ? t("There is another variable of this name.")
          : "";
        name.setCustomValidity(problem);
        names.add(given);
      }
    },
    /** Empty where nothing was entered. */
    get told(): Told {
      const entries = [
        ...[...fields].map(([name, { value }]) => [name, value] as const),
        ...rows.map(({ name, value }) => [name.value.trim(), value.value] as const),
      ].filter(([name, value]) => name !== "" && value !== "");
      const about = context.value.trim();
      return {
        ...(entries.length > 0 && { variables: Object.fromEntries(entries) }),
        ...(about !== "" && { context: about }),
      };
    },
  };

  function addRow(): Row {
    const name = element("input", {
      ariaLabel: t("Name of the variable"),
      placeholder: t("Name"),
      maxLength: 64,
      autocomplete: "off",
      spellcheck: false,
    });
    const value = element("input", {
      ariaLabel: t("Value of the variable"),
      placeholder: t("Value"),
      maxLength: MAX_VALUE_CHARS,
      autocomplete: "off",
    });
    const row: Row = { name, value };
    name.oninput = () => name.setCustomValidity("");
    const line = element("div", { className: "told-row" }, [
      name,
      value,
      element("button", {
        type: "button",
        className: "quiet",
        textContent: t("Remove"),
        onclick() {
          line.remove();
          rows.splice(rows.indexOf(row), 1);
          more.disabled = false;
          more.focus();
        },
      }),
    ]);
    rows.push(row);
    others.append(line);
    more.disabled = rows.length + fields.size >= MAX_VARIABLES;
    return row;
  }
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
