/// <reference lib="dom" />
import { element } from "../elements.ts";
import { t } from "../text.ts";

/** Rows of names and values that a person fills in. */
export interface VariableRows {
  add(): void;
  clear(): void;
  /** Rows without a name are left out; undefined where there are none. */
  values(): Readonly<Record<string, string>> | undefined;
}

/** Shows rows of variables in a container. */
export function createVariableRows(container: HTMLElement): VariableRows {
  return {
    add() {
      const name = input(t("Name of the variable"), 64);
      const remove = element("button", { type: "button", textContent: t("Remove") });
      const row = element("div", {}, [name, input(t("Its value"), 1000), remove]);
      remove.onclick = () => row.remove();
      container.append(row);
      name.focus();
    },
    clear: () => container.replaceChildren(),
    values() {
      const entries = [...container.children].flatMap((row) => {
        const [name = "", value = ""] = [...row.querySelectorAll("input")].map((it) => it.value);
        return name.trim() === "" ? [] : [[name.trim(), value] as const];
      });
      return entries.length === 0 ? undefined : Object.fromEntries(entries);
    },
  };
}

function input(label: string, maxLength: number): HTMLInputElement {
  const made = element("input", { placeholder: label, maxLength });
  made.ariaLabel = label;
  return made;
}
