/// <reference lib="dom" />
import { element } from "./elements.ts";
import { t } from "./text.ts";

/** The limits of the server, as docs/web-protocol.md has them. */
export const MAX_VALUE_CHARS = 1000;
export const MAX_VARIABLES = 50;
const MAX_NAME_CHARS = 64;
const NAME = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;

/** Rows of names and values, which a person adds and fills in. */
export interface VariableRows {
  /** Marks what the server would refuse; the browser shows it. `taken` are names that stand elsewhere in the form. */
  check(taken: ReadonlySet<string>): void;
  /** Without rows whose name or value is empty. */
  readonly entries: readonly (readonly [name: string, value: string])[];
}

/**
 * Shows rows in a container, which `more` adds to until the variables are enough; `countOthers` says how many
 * stand elsewhere in the form.
 */
export function createVariableRows(
  container: HTMLElement,
  more: HTMLButtonElement,
  countOthers: () => number = () => 0,
): VariableRows {
  const rows: Row[] = [];
  more.onclick = () => addRow().name.focus();

  return {
    check(taken) {
      const names = new Set(taken);
      for (const { name, value } of rows) {
        const given = name.value.trim();
        name.setCustomValidity(
          given === "" && value.value === "" ? "" : problemOf(given, names),
        );
        names.add(given);
      }
    },
    get entries() {
      return rows.map(({ name, value }) => [name.value.trim(), value.value] as const)
        .filter(([name, value]) => name !== "" && value !== "");
    },
  };

  function addRow(): Row {
    const row: Row = {
      name: input({
        ariaLabel: t("Name of the variable"),
        placeholder: t("Name"),
        maxLength: MAX_NAME_CHARS,
        spellcheck: false,
      }),
      value: input({
        ariaLabel: t("Value of the variable"),
        placeholder: t("Value"),
        maxLength: MAX_VALUE_CHARS,
      }),
    };
    row.name.oninput = () => row.name.setCustomValidity("");
    const remove = element("button", {
      type: "button",
      className: "quiet",
      textContent: t("Remove"),
      onclick() {
        line.remove();
        rows.splice(rows.indexOf(row), 1);
        more.disabled = false;
        // The focus would be lost with the button.
        more.focus();
      },
    });
    const line = element("div", { className: "variable-row" }, [row.name, row.value, remove]);
    rows.push(row);
    container.append(line);
    more.disabled = rows.length + countOthers() >= MAX_VARIABLES;
    return row;
  }
}

interface Row {
  readonly name: HTMLInputElement;
  readonly value: HTMLInputElement;
}

function problemOf(name: string, taken: ReadonlySet<string>): string {
  if (!NAME.test(name)) return t("A name has letters, digits and _, and begins with a letter.");
  return taken.has(name) ? t("There is another variable of this name.") : "";
}

function input(properties: Partial<HTMLInputElement>): HTMLInputElement {
  return element("input", { autocomplete: "off", ...properties });
}
