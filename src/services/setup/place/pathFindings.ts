import type { Settings } from "../../../config/settings.ts";
import { fixOf } from "../fixOf.ts";
import type { Finding } from "../setupCheck.ts";

/** Whether the server may read, or write, below a path. */
export type MayUse = (right: "read" | "write", path: string) => boolean;

/** Files and folders of the settings that the server may not use, by the rights that it is started with. */
export function pathFindings(
  { agents, database, records, recordings }: Pick<
    Settings,
    "agents" | "database" | "records" | "recordings"
  >,
  { mayUse, isRecording }: { readonly mayUse: MayUse; readonly isRecording: boolean },
): readonly Finding[] {
  const needs: [place: string, path: string, rights: readonly ("read" | "write")[]][] = [
    ["AGENTS_DIR", agents.dir, ["read"]],
  ];
  if (database.kind === "sqlite" && database.path !== ":memory:") {
    needs.push(["DATABASE_URL", folderOf(database.path), ["read", "write"]]);
  }
  if (isRecording) needs.push(["RECORDINGS_DIR", recordings.dir, ["read", "write"]]);
  if (records.journal) needs.push(["JOURNAL_DIR", records.journal.dir, ["read", "write"]]);
  if (records.pricesFile !== undefined) needs.push(["PRICES_FILE", records.pricesFile, ["read"]]);
  return needs.flatMap(([place, path, rights]): readonly Finding[] => {
    const barred = rights.filter((right) => !mayUse(right, path));
    if (barred.length === 0) return [];
    const values = { place, path, rights: barred.join(", ") };
    return [{
      code: "path_not_permitted",
      state: "broken",
      text: "{place}: the server may not use {path} ({rights}).",
      remedy: 'Add "{path}" to {rights} of permissions.server in deno.json, or choose another.',
      values,
      // All of the folder, with .env and the program, is more than a database needs.
      ...(path !== "." && { fix: fixOf("allow_path", values) }),
    }];
  });
}

function folderOf(path: string): string {
  return /^(.*)[/\\][^/\\]*$/.exec(path)?.[1] || ".";
}
