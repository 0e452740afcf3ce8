import type { BatchColumn, ColumnRole } from "./batchColumns.ts";
import type { CallRefusal } from "./callChecks.ts";

/** The heading of the column that a line of a table is refused for; undefined where none is at fault. */
export function faultyColumn(
  { kind, code, column }: CallRefusal,
  columns: readonly BatchColumn[],
): string | undefined {
  if (column !== undefined) return column;
  const roles = code.startsWith("consent_")
    ? consentRoles
    : kind === "number" || kind === "destination"
    ? numberRole
    : byCode[code] ?? [];
  return roles.flatMap((role) => columns.find((each) => each.role === role)?.heading ?? [])[0];
}

const numberRole: readonly ColumnRole[] = ["to"];
const consentRoles: readonly ColumnRole[] = ["consentAt", "consentSource"];

const byCode: Readonly<Record<string, readonly ColumnRole[]>> = {
  already_in_batch: ["id"],
  duplicate_id: ["id"],
  duplicate_number: numberRole,
  number_called_enough: numberRole,
  no_language: ["language"],
  unknown_agent: ["agent"],
};
