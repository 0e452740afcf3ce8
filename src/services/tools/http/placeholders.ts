import type { ReadToolVariable } from "../../../config/toolVariables.ts";
import { variableProblem } from "../../../config/toolVariables.ts";

/** What stands in a template between plain texts. */
export type TemplatePart =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "argument"; readonly name: string }
  /** A variable of the environment: a secret, most likely. */
  | { readonly kind: "variable"; readonly name: string; readonly value: string };

/** Cuts a template into its parts. Throws for a variable that cannot be used, and for what is no placeholder. */
export function parsePlaceholders(
  template: string,
  readVariable: ReadToolVariable,
): readonly TemplatePart[] {
  const parts: TemplatePart[] = [];
  let at = 0;
  for (const { 0: whole, 1: inner = "", index } of template.matchAll(/\{\{([^{}]*)\}\}/g)) {
    if (index > at) parts.push({ kind: "text", text: template.slice(at, index) });
    at = index + whole.length;
    const [, isVariable, name] = /^\s*(env\.)?([A-Za-z_][A-Za-z0-9_]{0,63})\s*$/.exec(inner) ?? [];
    if (name === undefined) {
      throw new TypeError(`${whole.slice(0, 80)} is neither an argument nor {{env.NAME}}`);
    }
    parts.push(
      isVariable === undefined ? { kind: "argument", name } : {
        kind: "variable",
        name,
        value: valueOf(name, readVariable),
      },
    );
  }
  if (at < template.length) parts.push({ kind: "text", text: template.slice(at) });
  return parts;
}

function valueOf(name: string, readVariable: ReadToolVariable): string {
  const variable = readVariable(name);
  if (variable.state === "set") return variable.value;
  throw new TypeError(variableProblem(name, variable) ?? "");
}
