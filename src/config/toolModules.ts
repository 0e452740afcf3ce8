import { deadline } from "../utils/deadline.ts";
import { sha256 } from "../utils/sha256.ts";
import { type AgentFiles, inFolder } from "./agentFiles.ts";
import type { AgentProblem } from "./agentProblem.ts";
import type { Agent } from "./agents.ts";
import { describeLoadFault } from "./loadFault.ts";
import { findForeignImport } from "./toolImports.ts";
import type { ToolModule, ToolModules } from "./toolModule.ts";

const LOAD_MS = 10_000;

/** The files in which an agent's tools may be written, whether they are there or not. */
export function toolFilesOf({ tools }: Pick<Agent, "tools">): readonly string[] {
  return tools.map(({ name }) => fileOf(name));
}

/** Loads the files of an agent's tools, each version of a file once. */
export async function readToolModules(
  { tools }: Pick<Agent, "tools">,
  dir: string,
  files: AgentFiles,
): Promise<{ readonly modules: ToolModules; readonly problems: readonly AgentProblem[] }> {
  const modules: Record<string, ToolModule> = {};
  const problems: AgentProblem[] = [];
  if (!loadsTools(files)) return { modules, problems };
  for (const [index, { name }] of tools.entries()) {
    const file = fileOf(name);
    const path = inFolder(dir, file);
    if (Object.hasOwn(modules, name) || !await isThere(path, files)) continue;
    try {
      modules[name] = { file, exported: await load(path, files) };
    } catch (error) {
      problems.push({ path: `tools.${index}`, message: describeLoadFault(file, error) });
    }
  }
  return { modules, problems };
}

type ToolFiles = AgentFiles & Required<Pick<AgentFiles, "module" | "urlOf">>;

function loadsTools(files: AgentFiles): files is ToolFiles {
  return files.module !== undefined && files.urlOf !== undefined;
}

function fileOf(name: string): string {
  return `tools/${name}.ts`;
}

async function isThere(path: string, files: AgentFiles): Promise<boolean> {
  try {
    return await files.stamp?.(path) !== undefined;
  } catch {
    // It is, and cannot be looked at: loading it tells why.
    return true;
  }
}

async function load(path: string, files: ToolFiles): Promise<unknown> {
  const text = await files.text(path);
  const foreign = await findForeignImport(files.urlOf(path), text, {
    read: async (url) => await files.text(decodeURIComponent(url.pathname)),
  });
  if (foreign !== undefined) {
    throw new TypeError(`it imports "${foreign.specifier}": ${foreign.remedy}`);
  }
  const version = sha256(text).toHex().slice(0, 12);
  const tooSlow = new Error(`it was not loaded within ${LOAD_MS / 1000} s`);
  const { default: exported } = await deadline(
    files.module(path, version),
    LOAD_MS,
    undefined,
    tooSlow,
  );
  return exported;
}
