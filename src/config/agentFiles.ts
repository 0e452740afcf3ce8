import { pathToFileURL } from "node:url";
import { BoundedMap } from "../utils/boundedMap.ts";
import { sha256 } from "../utils/sha256.ts";
import { watchFolders } from "../utils/watchFolders.ts";
import { MAX_FILE_LENGTH } from "./agents.ts";

/** Reads agent files and the files beside them: from disk, or what a test provides. */
export interface AgentFiles {
  /** Names of the files in a folder. */
  list(dir: string): Promise<readonly string[]>;
  text(path: string): Promise<string>;
  /** Rejects for a file that is longer; absent where there are no sounds. */
  bytes?(path: string, maxBytes: number): Promise<Uint8Array<ArrayBuffer>>;
  /** Whether a file is still what it was; undefined where there is none. Absent where nothing changes. */
  stamp?(path: string): Promise<FileStamp | undefined>;
  /** Calls back at each change below a folder, with the file's path where it is known. Closed by its result. */
  watch?(dir: string, onChange: (path?: string) => void): FolderWatch;
  /**
   * Tries to load a file of code where it costs nothing else, and rejects with the reason why it may not be
   * loaded; `path` is absolute, `key` differs with what it holds. Absent where files are loaded without a trial.
   */
  tryModule?(path: string, key: string): Promise<void>;
  /**
   * Loads a file of code of this text, each text once. Rejects with `FileChanged` where it holds another by
   * then. Absent where none is loaded.
   */
  module?(path: string, text: string): Promise<{ readonly default?: unknown }>;
  /** The place of a file of code, by which its imports are found. */
  urlOf?(path: string): URL;
  /** Replaces a file at once: whoever reads it gets all of the old text or all of the new. */
  replace?(path: string, text: string): Promise<void>;
  /** Whether files of this folder may be replaced; absent where they may. */
  writing?(dir: string): Promise<FolderWriting>;
}

/** `not_permitted`: the process was not given the right; `read_only`: the system has the folder so. */
export type FolderWriting = "allowed" | "not_permitted" | "read_only";

export interface FileStamp {
  /** The same file, whatever it holds; another one of the same name differs. */
  readonly id: string;
  /** Differs when the content may. */
  readonly state: string;
}

export interface FolderWatch {
  /** False where no more changes will be reported, as when the folder was removed. */
  readonly isOpen: boolean;
  /** Why it cannot be watched, where that is known. */
  readonly error?: unknown;
  close(): Promise<void>;
}

/** A file was saved while it was loaded. */
export class FileChanged extends Error {
  override readonly name = "FileChanged";
  constructor() {
    super("it changes all the time");
  }
}

/** The number of the latest load that failed, by the file's URL. */
const failedLoads = new BoundedMap<string, number>(1000);
let failures = 0;

/** The files of the disk. */
export const filesOnDisk: AgentFiles = {
  async list(dir) {
    const names: string[] = [];
    for await (const entry of Deno.readDir(dir)) {
      if (!entry.isDirectory) names.push(entry.name);
    }
    return names;
  },
  async text(path) {
    const { isFile, size } = await Deno.stat(path);
    if (!isFile) throw new TypeError("it is not a file");
    // A character takes four bytes at most.
    if (size > 4 * MAX_FILE_LENGTH) {
      throw new RangeError(`it is longer than ${MAX_FILE_LENGTH} characters`);
    }
    return await Deno.readTextFile(path);
  },
  async bytes(path, maxBytes) {
    const { isFile, size } = await Deno.stat(path);
    if (!isFile) throw new TypeError("it is not a file");
    if (size > maxBytes) throw new RangeError(`it is longer than ${maxBytes} bytes`);
    return await Deno.readFile(path);
  },
  async stamp(path) {
    try {
      const { dev, ino, mtime, ctime, size } = await Deno.stat(path);
      return { id: `${dev} ${ino}`, state: [mtime?.getTime(), ctime?.getTime(), size].join(" ") };
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    }
  },
  watch(dir, onChange) {
    return watchFolders([{ path: dir, recursive: true }], (paths) => {
      if (paths.length === 0) onChange();
      for (const path of paths) onChange(path);
    });
  },
  async module(path, text) {
    const url = pathToFileURL(path);
    const { href } = url;
    // What has failed is kept with its failure, though what it lacked may be there now.
    const failure = failedLoads.get(href);
    const version = sha256(text).toHex().slice(0, 12);
    url.search = failure === undefined ? `v=${version}` : `v=${version}.${failure}`;
    try {
      const loaded = await import(url.href);
      // It is kept under the name of a text that may not be the one that was loaded.
      if (await filesOnDisk.text(path).catch(() => undefined) !== text) throw new FileChanged();
      return loaded;
    } catch (error) {
      failedLoads.set(href, ++failures);
      throw error;
    }
  },
  urlOf: (path) => pathToFileURL(path),
  async replace(path, text) {
    // Names that begin with a dot are no agents.
    const at = path.lastIndexOf("/") + 1;
    const draft = `${path.slice(0, at)}.${path.slice(at)}.${crypto.randomUUID().slice(0, 8)}`;
    try {
      await Deno.writeTextFile(draft, text);
      await Deno.rename(draft, path);
    } catch (error) {
      await Deno.remove(draft).catch(() => {});
      throw error;
    }
  },
  async writing(dir) {
    const { state } = await Deno.permissions.query({ name: "write", path: dir });
    if (state !== "granted") return "not_permitted";
    const { mode } = await Deno.stat(dir).catch(() => ({ mode: 0 }));
    // Windows has no modes.
    return mode === null || (mode & ANY_WRITE) !== 0 ? "allowed" : "read_only";
  },
};

/** Of the owner, the group or others. */
const ANY_WRITE = 0o222;

/** A folder's path with one slash at its end. */
export function inFolder(dir: string, name: string): string {
  return `${dir.replace(/\/+$/, "")}/${name}`;
}
