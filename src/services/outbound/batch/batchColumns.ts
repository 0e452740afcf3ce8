import type { Sentence } from "../../../utils/sentence.ts";
import { VARIABLE_NAME } from "../../../config/names.ts";

/** Columns with a meaning of their own; every other one is a variable. */
export const columnRoles = ["to", "id", "language", "agent", "consentSource", "consentAt"] as const;
export type ColumnRole = (typeof columnRoles)[number];

/** Headings by which an operator names columns, where they are not recognised by themselves. */
export type NamedColumns = Readonly<Partial<Record<ColumnRole, string | undefined>>>;

/** What each column of a table is for, in their order. */
export type BatchColumn =
  | { readonly role: ColumnRole; readonly heading: string }
  | { readonly role: "variable"; readonly heading: string; readonly name: string }
  | { readonly role: "none"; readonly heading: string };

/** Something in a table that no call can be made of. */
export interface TableProblem extends Sentence {
  /** Of the file, from 1. */
  readonly line: number;
  /** The heading, or the number from 1 of a column without one. */
  readonly column?: string;
  readonly code: string;
}

/** The most likely meanings, the surest first. */
const headings: Readonly<Record<ColumnRole, readonly string[]>> = {
  to: (
    "to phone phonenumber phoneno number tel telephone telephonenumber mobile mobilenumber cell " +
    "cellphone msisdn e164 telefon telefonnummer rufnummer handy handynummer telefono movil telefone"
  ).split(" "),
  id: "id reference ref externalid customerid contactid idempotencykey".split(" "),
  language: "language lang locale sprache idioma langue".split(" "),
  agent: ["agent"],
  consentSource: "consentsource consent".split(" "),
  consentAt: "consentat consentdate consentedat".split(" "),
};

/** Decides what each column is for, by its heading. */
export function readColumns(
  cells: readonly string[],
  named: NamedColumns,
  line: number,
): { readonly columns: readonly BatchColumn[]; readonly problems: readonly TableProblem[] } {
  const problems: TableProblem[] = [];
  const shown = cells.map((cell) => cell.normalize("NFC").trim());
  const roles = new Map<number, ColumnRole>();
  for (const role of columnRoles) {
    const at = named[role] === undefined
      ? firstOf(shown, headings[role], roles)
      : shown.findIndex((heading) => heading.toLowerCase() === named[role]?.trim().toLowerCase());
    if (at !== -1) roles.set(at, role);
    else if (role === "to" || named[role] !== undefined) {
      problems.push({
        line,
        code: role === "to" ? "no_number_column" : "no_such_column",
        ...(named[role] === undefined
          ? {
            text:
              'No column holds the numbers: name one "phone", or say which it is. There are: {columns}.',
            values: { columns: listed(shown) },
          }
          : {
            text: 'There is no column "{name}". There are: {columns}.',
            values: { name: named[role].slice(0, 80), columns: listed(shown) },
          }),
      });
    }
  }
  const plain = shown.map((heading) => heading.toLowerCase());
  for (const [at, heading] of shown.entries()) {
    if (heading === "" || plain.indexOf(heading.toLowerCase()) === at) continue;
    problems.push({
      line,
      column: heading,
      code: "duplicate_column",
      text: 'Two columns are called "{name}": rename one of them.',
      values: { name: heading.slice(0, 80) },
    });
  }
  /** The heading of each variable. */
  const names = new Map<string, string>();
  const columns = shown.map((heading, at): BatchColumn => {
    const role = roles.get(at);
    if (role !== undefined) return { role, heading };
    const name = variableName(heading);
    if (name === undefined) return { role: "none", heading: heading || `${at + 1}` };
    const earlier = names.get(name.toLowerCase());
    // Headings that are the same have been told of.
    if (earlier !== undefined && earlier !== heading.toLowerCase()) {
      problems.push({
        line,
        column: heading,
        code: "duplicate_column",
        text: "Two columns become the variable {name}: rename one of them.",
        values: { name },
      });
    }
    names.set(name.toLowerCase(), heading.toLowerCase());
    return { role: "variable", heading, name };
  });
  return { columns, problems };
}

/** The name by which agents know a column; undefined where its heading has no letter. */
function variableName(heading: string): string | undefined {
  if (VARIABLE_NAME.test(heading)) return heading;
  const name = heading.normalize("NFKD").replace(/\p{M}/gu, "").replaceAll("ß", "ss").toLowerCase()
    .replace(/[^a-z0-9]+/g, "_").replace(/^_+|_+$/g, "").slice(0, 64);
  return VARIABLE_NAME.test(name) ? name : undefined;
}

function firstOf(
  shown: readonly string[],
  known: readonly string[],
  taken: ReadonlyMap<number, ColumnRole>,
): number {
  const plain = shown.map((heading) => heading.toLowerCase().replace(/[^a-z0-9]/g, ""));
  for (const name of known) {
    const at = plain.findIndex((heading, at) => heading === name && !taken.has(at));
    if (at !== -1) return at;
  }
  return -1;
}

function listed(shown: readonly string[]): string {
  return shown.slice(0, 20).map((heading) => heading.slice(0, 40)).join(", ").slice(0, 400);
}
