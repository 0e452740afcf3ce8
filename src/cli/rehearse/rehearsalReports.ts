import { dirname, resolve } from "node:path";
import { htmlReport } from "../../scenarios/report/html/htmlReport.ts";
import { jsonOf } from "../../scenarios/report/jsonOf.ts";
import { junitOf } from "../../scenarios/report/junit.ts";
import type { WholeReport } from "../../scenarios/report/wholeReport.ts";
import type { RehearseOptions } from "./rehearseOptions.ts";

type ReportFiles = Pick<RehearseOptions, "html" | "json" | "junit">;

interface Kind {
  readonly option: keyof ReportFiles;
  /** How each of our own begins, and no other file. */
  readonly head: RegExp;
  readonly write: (whole: WholeReport) => string;
}

const KINDS: readonly Kind[] = [
  {
    option: "html",
    head: /^<!doctype html>[^]*<title>Rehearsal of \d{4}-[^]*<\/title>/,
    write: htmlReport,
  },
  { option: "json", head: /^\{\s*"version": 1,\s*"startedAt": "/, write: jsonOf },
  { option: "junit", head: /^<\?xml[^>]*\?><testsuites name="rehearsal" tests="/, write: junitOf },
];
const OWNER_ONLY = 0o600;
/** The policy of a page stands before its title. */
const HEAD_BYTES = 4096;

/**
 * Before anything is spent: throws a `TypeError` for a report that could not be written, would take the place of
 * another one, or of a file that is no such report.
 */
export async function checkReports(files: ReportFiles): Promise<void> {
  const seen = new Map<string, string>();
  for (const { option, head } of KINDS) {
    const path = files[option];
    if (path === undefined) continue;
    const name = `--${option}`;
    if (path.trim() === "") throw new TypeError(`${name} must be the path of a file`);
    const other = seen.get(resolve(path));
    if (other !== undefined) throw new TypeError(`${other} and ${name} are the same file: ${path}`);
    const found = await blamed(name, path, () => lookAt(path));
    if (found === "device") continue;
    seen.set(resolve(path), name);
    if (found !== "" && !head.test(found)) {
      throw new TypeError(`${name} ${path} is there, and no such report: it stays as it is`);
    }
  }
}

/**
 * Writes the reports that were asked for, each whatever becomes of the others, and says of those that were not why;
 * they hold what people said, and only their owner may read them.
 */
export async function writeReports(
  files: ReportFiles,
  whole: WholeReport,
): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const { option, write } of KINDS) {
    const path = files[option];
    if (path === undefined) continue;
    try {
      await Deno.mkdir(dirname(path), { recursive: true });
      // `mode` applies to new files only; a device has no mode to change.
      if ((await statOf(path))?.isFile === true) await Deno.chmod(path, OWNER_ONLY);
      await Deno.writeTextFile(path, write(whole), { mode: OWNER_ONLY });
    } catch (error) {
      problems.push(notWritten(`--${option}`, path, error));
    }
  }
  return problems;
}

/** How a file begins, once it is known that it can be written; empty for one that is new. */
async function lookAt(path: string): Promise<string> {
  const there = await statOf(path);
  if (there?.isDirectory === true) throw new Error("it is a folder");
  if (there !== undefined && !there.isFile) return "device";
  if (there === undefined) {
    await Deno.mkdir(dirname(path), { recursive: true });
    (await Deno.open(path, { write: true, createNew: true, mode: OWNER_ONLY })).close();
    await Deno.remove(path);
    return "";
  }
  using file = await Deno.open(path, { read: true, write: true });
  const bytes = new Uint8Array(HEAD_BYTES);
  const length = await file.read(bytes) ?? 0;
  return new TextDecoder().decode(bytes.subarray(0, length));
}

async function statOf(path: string): Promise<Deno.FileInfo | undefined> {
  return await Deno.stat(path).catch((error: unknown) => {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  });
}

async function blamed<Found>(
  name: string,
  path: string,
  look: () => Promise<Found>,
): Promise<Found> {
  try {
    return await look();
  } catch (error) {
    throw new TypeError(notWritten(name, path, error));
  }
}

function notWritten(name: string, path: string, error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error);
  return `${name} ${path} cannot be written: ${reason}`;
}
