import { knowledgePath } from "../../config/knowledgeSources.ts";
import type { WatchedFolder } from "../../utils/watchFolders.ts";
import { isDocument } from "./reading/readDocument.ts";

/** A file that is to be read. */
export interface KnowledgeFile {
  readonly path: string;
  /** As people know it: from its folder on, without the folders above. */
  readonly name: string;
  /** Changes whenever the file does. */
  readonly stamp: string;
}

export interface FileProblem {
  readonly name: string;
  /** Ends a sentence that begins with the name. */
  readonly problem: string;
}

export interface FoundFiles {
  readonly files: readonly KnowledgeFile[];
  readonly problems: readonly FileProblem[];
  /** What tells of changes: the folders, and those that the single files are in. */
  readonly watched: readonly WatchedFolder[];
}

/** Bounds what a wrong path, such as `/`, can cost. */
export const FILE_LIMITS = { files: 2000, entries: 20_000, depth: 12 } as const;

/** Documents that owners take for readable; other kinds are passed over in silence. */
const UNREAD =
  /\.(?:docm?|dotx?|rtf|odt|ods|odp|pages|xlsx?|xlsm|numbers|pptx?|epub|markdown|tsv)$/i;

/**
 * Looks up the files of an agent's `knowledge`, whose paths begin at `dir`. Names with a leading dot are
 * passed over. What cannot be found or may not be read is a problem and hides nothing else.
 */
export async function findFiles(dir: string, sources: readonly string[]): Promise<FoundFiles> {
  const files = new Map<string, KnowledgeFile>();
  const problems: FileProblem[] = [];
  const watched = new Map<string, WatchedFolder>();
  let entries = 0;
  for (const source of sources) {
    const path = knowledgePath(dir, source);
    try {
      const kind = await kindOf(path);
      const isFolder = kind === "folder";
      const folder = isFolder ? path : path.replace(/\/[^/]*$/, "") || "/";
      const recursive = isFolder || watched.get(folder)?.recursive === true;
      watched.set(folder, { path: folder, recursive });
      if (isFolder) await addFolder(path, "", 0);
      else {
        const name = path.replace(/^.*\//, "");
        if (kind === "missing") problems.push({ name: source, problem: "does not exist" });
        else if (isDocument(name)) await addFile(path, name);
        else problems.push({ name, problem: "is of no kind that can be read" });
      }
    } catch (error) {
      problems.push({ name: source, problem: reasonOf(error) });
    }
  }
  if (files.size >= FILE_LIMITS.files || entries > FILE_LIMITS.entries) {
    problems.push({
      name: sources.join(", "),
      problem: `holds more than ${FILE_LIMITS.files} files: the rest is left out`,
    });
  }
  return { files: [...files.values()], problems, watched: [...watched.values()] };

  async function addFolder(path: string, prefix: string, depth: number): Promise<void> {
    const names: Deno.DirEntry[] = [];
    for await (const entry of Deno.readDir(path)) {
      if (++entries > FILE_LIMITS.entries) return;
      if (!entry.name.startsWith(".")) names.push(entry);
    }
    names.sort((one, other) => one.name < other.name ? -1 : 1);
    for (const { name, isDirectory, isSymlink } of names) {
      if (files.size >= FILE_LIMITS.files) return;
      const inner = `${path}/${name}`;
      const shown = prefix + name;
      try {
        const isFolder = isDirectory || (isSymlink && (await Deno.stat(inner)).isDirectory);
        if (isFolder && depth < FILE_LIMITS.depth) await addFolder(inner, `${shown}/`, depth + 1);
        else if (isDocument(name)) await addFile(inner, shown);
        else if (UNREAD.test(name)) {
          problems.push({ name: shown, problem: "is of no kind that can be read" });
        }
      } catch (error) {
        problems.push({ name: shown, problem: reasonOf(error) });
      }
    }
  }

  async function addFile(path: string, name: string): Promise<void> {
    const { isFile, size, mtime } = await Deno.stat(path);
    if (!isFile) return;
    files.set(path, { path, name: plainName(name), stamp: `${size}:${mtime?.getTime() ?? 0}` });
  }
}

/** What does not exist a later change may bring. */
async function kindOf(path: string): Promise<"folder" | "file" | "missing"> {
  try {
    return (await Deno.stat(path)).isDirectory ? "folder" : "file";
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "missing";
    throw error;
  }
}

/** A name for a model and a page: file systems allow control characters and line breaks in names. */
function plainName(name: string): string {
  return name.toWellFormed().replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "").slice(-150);
}

function reasonOf(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "does not exist";
  if (error instanceof Deno.errors.NotCapable) {
    return "may not be read: put it into the agents' folder, or add its folder to " +
      "permissions.server.read in deno.json";
  }
  if (error instanceof Deno.errors.PermissionDenied) return "may not be read: see its permissions";
  return "cannot be read";
}
