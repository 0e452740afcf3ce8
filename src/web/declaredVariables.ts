/// <reference lib="dom" />
import { element } from "./elements.ts";
import { MAX_VALUE_CHARS, MAX_VARIABLES } from "./variableRows.ts";

/** Fields for the variables of an agent's file. Values that were entered stay where the next agent has them too. */
export function createDeclaredVariables(place: HTMLElement) {
  const fields = new Map<string, HTMLInputElement>();

  return {
    offer(names: readonly string[]): void {
      const kept = new Map([...fields].map(([name, { value }]) => [name, value]));
      fields.clear();
      place.replaceChildren(
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
    get names(): ReadonlySet<string> {
      return new Set(fields.keys());
    },
    /** Without those that are empty. */
    get entries(): readonly (readonly [name: string, value: string])[] {
      return [...fields].map(([name, { value }]) => [name, value] as const)
        .filter(([, value]) => value !== "");
    },
  };
}
