import { fileURLToPath } from "node:url";
import { deadline } from "../utils/deadline.ts";
import { sha256 } from "../utils/sha256.ts";
import { type AgentFiles, FileChanged, inFolder } from "./agentFiles.ts";
import type { AgentProblem } from "./agentProblem.ts";
import type { Agent } from "./agents.ts";
import { describeLoadFault } from "./loadFault.ts";
import { findForeignImport } from "./toolImports.ts";
import type { ToolModule, ToolModules } from "./toolModule.ts";

const LOAD_MS = 10_000;
/** For a file that changes while it is loaded. */
const MAX_ATTEMPTS = 3;

/** The files in which an agent's tools may be written, whether they are there or not. */
export function toolFilesOf({ tools }: Pick<Agent, "tools">): readonly string[] {
  return tools.map(({ name }) => fileOf(name));
}

/** Loads the files of an agent's tools, each version of a file once. */
export async function readToolModules(
  { tools }: Pick<Agent, "tools">,
  dir: string,
  files: AgentFiles,
): Promise<{
  readonly modules: ToolModules;
  /** All tools that there are files of, where one that the agent names has none. */
  readonly names: readonly string[];
  readonly problems: readonly AgentProblem[];
}> {
  const modules: Record<string, ToolModule> = {};
  const problems: AgentProblem[] = [];
  if (!loadsTools(files)) return { modules, names: [], problems };
  for (const [index, { name }] of tools.entries()) {
    const file = fileOf(name);
    const path = inFolder(dir, file);
    if (Object.hasOwn(modules, name) || !await isThere(path, files)) continue;
    try {
      modules[name] = { file, ...await load(path, files) };
    } catch (error) {
      problems.push({ path: `tools.${index}`, message: describeLoadFault(file, error) });
    }
  }
  const isAbsent = tools.some(({ name }) => !Object.hasOwn(modules, name));
  return { modules, names: isAbsent ? await toolNames(dir, files) : [], problems };
}

async function toolNames(dir: string, files: AgentFiles): Promise<readonly string[]> {
  const found = await files.list(inFolder(dir, "tools")).catch(() => []);
  return found.flatMap((file) => /^([^.].*)\.ts$/.exec(file)?.[1] ?? []).slice(0, 1000).sort();
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

/** What is loaded is of the text that the digest is of, also where the file changes meanwhile. */
async function load(path: string, files: ToolFiles): Promise<Omit<ToolModule, "file">> {
  for (let attempt = 1;; attempt++) {
    const text = await files.text(path);
    const texts = [text, ...await importedTexts(path, text, files)];
    const tooSlow = new Error(`it was not loaded within ${LOAD_MS / 1000} s`);
    try {
      if (files.tryModule !== undefined) {
        await files.tryModule(fileURLToPath(files.urlOf(path)), sha256(texts.join("\0")).toHex());
        // What would be loaded now has not been tried.
        if (await files.text(path) !== text) throw new FileChanged();
      }
      const loading = files.module(path, text);
      const { default: exported } = await deadline(loading, LOAD_MS, undefined, tooSlow);
      return { exported, digest: sha256(text).toHex() };
    } catch (error) {
      if (!(error instanceof FileChanged) || attempt >= MAX_ATTEMPTS) throw error;
    }
  }
}

/** The texts of what a file imports by paths. Throws where it imports what would have to be fetched. */
async function importedTexts(
  path: string,
  text: string,
  files: ToolFiles,
): Promise<readonly string[]> {
  const texts: string[] = [];
  const foreign = await findForeignImport(files.urlOf(path), text, {
    async read(url) {
      const imported = await files.text(decodeURIComponent(url.pathname));
      texts.push(imported);
      return imported;
    },
  });
  if (foreign === undefined) return texts;
  throw new TypeError(`it imports "${foreign.specifier}": ${foreign.remedy}`);
}
