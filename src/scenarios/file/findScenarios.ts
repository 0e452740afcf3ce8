import { basename, dirname, join, relative, resolve } from "node:path";
import { describeProblem } from "../../config/agentProblem.ts";
import type { Scenario } from "../scenario.ts";
import { readRegularFile } from "../../utils/regularFile.ts";
import { readScenario } from "./readScenario.ts";
import { soundReader } from "./soundReader.ts";

/** A scenario and the folder in which the sounds lie that it names. */
export interface FoundScenario {
  readonly scenario: Scenario;
  readonly readAudio: (path: string) => Uint8Array;
}

const ENDING = /\.ya?ml$/;
const MAX_FILES = 2000;
const MAX_BYTES = 400_000;

/**
 * Reads the scenarios of files and folders, with the folders below them, in the order of their names. Throws a
 * `TypeError` with all that is wrong, a line for each fault.
 */
export async function findScenarios(paths: readonly string[]): Promise<readonly FoundScenario[]> {
  const problems: string[] = [];
  const found: FoundScenario[] = [];
  const seen = new Set<string>();
  for (const path of paths) {
    const files = await filesIn(path);
    if (files.length === 0) {
      problems.push(`${path}: holds no scenario: no file that ends with .yaml`);
    }
    for (const file of files) {
      if (seen.has(resolve(file))) continue;
      seen.add(resolve(file));
      let text: string;
      try {
        text = await readRegularFile(file, MAX_BYTES);
      } catch (error) {
        if (!(error instanceof TypeError)) throw error;
        problems.push(error.message);
        continue;
      }
      const readAudio = soundReader(dirname(file));
      const read = readScenario(nameOf(file, path), text, readAudio);
      if (read.ok) found.push({ scenario: { ...read.scenario, file }, readAudio });
      else problems.push(...read.problems.map((problem) => describeProblem(file, problem)));
    }
  }
  if (problems.length > 0) throw new TypeError(problems.join("\n"));
  return withOwnNames(found);
}

/** Below the folder of scenarios, the same whatever part of it is asked for; elsewhere below what was asked for. */
function nameOf(file: string, path: string): string {
  const [, below] = /.*\/scenarios\/(.+)$/.exec(resolve(file)) ?? [];
  const name = below ?? (relative(resolve(path), resolve(file)) || basename(file));
  return name.replace(ENDING, "");
}

/**
 * Scenarios of several folders may have the same name, and that of a recorded call: those have their paths, with the
 * ending where that alone tells them apart. Reports know scenarios by their names.
 */
export function withOwnNames<Found extends FoundScenario>(
  found: readonly Found[],
): readonly Found[] {
  const shorter = renamed(found, (file) => file.replace(ENDING, ""));
  return renamed(shorter, (file) => file);
}

function renamed<Found extends FoundScenario>(
  found: readonly Found[],
  nameOf: (file: string) => string,
): readonly Found[] {
  const counts = new Map<string, number>();
  for (const { scenario: { name } } of found) counts.set(name, (counts.get(name) ?? 0) + 1);
  return found.map((one) => {
    const { name, file } = one.scenario;
    if (counts.get(name) === 1 || file === undefined) return one;
    return { ...one, scenario: { ...one.scenario, name: nameOf(file) } };
  });
}

async function filesIn(path: string): Promise<readonly string[]> {
  const { isDirectory } = await Deno.stat(path);
  if (!isDirectory) return [path];
  const files: string[] = [];
  const folders = [path];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      const inside = join(folder, name);
      if (isDirectory) folders.push(inside);
      else if (ENDING.test(name)) files.push(inside);
      if (files.length > MAX_FILES) {
        throw new TypeError(`${path} holds more than ${MAX_FILES} files`);
      }
    }
  }
  return files.sort();
}
