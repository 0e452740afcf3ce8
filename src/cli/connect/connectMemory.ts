import { dirname } from "node:path";
import { isRecord } from "../../utils/isRecord.ts";
import { jsonOrUndefined } from "../../utils/jsonOrUndefined.ts";
import { openAlone } from "./openAlone.ts";
import { readRememberedNumber, type RememberedNumber } from "./rememberedNumber.ts";
import { readStartedProcess, type StartedProcess } from "./startedProcess.ts";

/** The file beside `connect.json` of the numbers that a tunnel has, which go back with the tunnel, and of its processes. */
export const TUNNEL_MEMORY = "connect-tunnel.json";

export type ConnectMemory = ReturnType<typeof openConnectMemory>;

/** The file cannot be read or changed. */
export class ConnectMemoryError extends TypeError {}

interface Content {
  readonly numbers: readonly RememberedNumber[];
  readonly processes: readonly StartedProcess[];
}

/**
 * Opens the file that remembers how numbers were, which only its owner may read. Each change is whole on the disk
 * before the function returns, and keeps what other processes have written meanwhile: what is remembered is read
 * each time. Throws a `ConnectMemoryError` where the file cannot be read or changed, or others keep it for
 * `patienceMs`.
 */
export function openConnectMemory(
  path: string,
  { patienceMs = 10_000 }: { readonly patienceMs?: number } = {},
) {
  read(path);

  return {
    path,
    get numbers(): readonly RememberedNumber[] {
      return read(path).numbers;
    },
    /** Those that were started and have not been seen to end. */
    get processes(): readonly StartedProcess[] {
      return read(path).processes;
    },
    find: (sid: string): RememberedNumber | undefined =>
      read(path).numbers.find((it) => it.sid === sid),
    keep(number: RememberedNumber): void {
      change(({ numbers, processes }) => ({
        numbers: [...numbers.filter(({ sid }) => sid !== number.sid), number],
        processes,
      }));
    },
    forget(sid: string): void {
      change(({ numbers, processes }) => ({
        numbers: numbers.filter((it) => it.sid !== sid),
        processes,
      }));
    },
    keepProcess(started: StartedProcess): void {
      change(({ numbers, processes }) => ({ numbers, processes: [...processes, started] }));
    },
    forgetProcess({ pid, startedAt }: StartedProcess): void {
      change(({ numbers, processes }) => ({
        numbers,
        processes: processes.filter((it) => it.pid !== pid || it.startedAt !== startedAt),
      }));
    },
  };

  function change(changed: (content: Content) => Content): void {
    try {
      write(changed);
    } catch (error) {
      if (error instanceof ConnectMemoryError) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      throw new ConnectMemoryError(
        `Cannot change ${path}, which remembers how numbers were before: ${reason}`,
        { cause: error },
      );
    }
  }

  function write(changed: (content: Content) => Content): void {
    Deno.mkdirSync(dirname(path), { recursive: true });
    const draftPath = `${path}.new`;
    using draft = openAlone(draftPath, patienceMs);
    if (draft === undefined) {
      throw new ConnectMemoryError(
        `Cannot change ${path}: another process keeps it, which may have been stopped with Ctrl-Z. ` +
          "End that one (jobs, fg), then run this again.",
      );
    }
    const { numbers, processes } = changed(read(path));
    if (numbers.length === 0 && processes.length === 0) {
      removeFile(path);
      removeFile(draftPath);
      return;
    }
    const content = { version: 1, numbers, ...(processes.length > 0 && { processes }) };
    const bytes = new TextEncoder().encode(`${JSON.stringify(content, undefined, 2)}\n`);
    draft.truncateSync();
    for (let at = 0; at < bytes.length;) at += draft.writeSync(bytes.subarray(at));
    draft.syncSync();
    Deno.renameSync(draftPath, path);
    syncFolder(dirname(path));
  }
}

/** Until then a power cut may bring back what had the name before. Some systems cannot open a folder for that. */
function syncFolder(path: string): void {
  try {
    using folder = Deno.openSync(path);
    folder.syncSync();
  } catch {
    // The file itself is on the disk.
  }
}

function removeFile(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

function read(path: string): Content {
  let text: string;
  try {
    text = Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { numbers: [], processes: [] };
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConnectMemoryError(
      `Cannot read ${path}, which remembers how numbers were before: ${reason}`,
    );
  }
  const content = contentOf(text);
  if (content !== undefined) return content;
  throw new ConnectMemoryError(
    `Cannot read ${path}, which remembers how numbers were before: it was changed or is of another version. ` +
      "Correct it, or move it away to begin anew.",
  );
}

function contentOf(text: string): Content | undefined {
  const content = jsonOrUndefined(text);
  if (!isRecord(content) || content["version"] !== 1) return undefined;
  const numbers = allOf(content["numbers"], readRememberedNumber);
  const processes = allOf(content["processes"] ?? [], readStartedProcess);
  return numbers && processes && { numbers, processes };
}

/** Undefined where one of them cannot be read. */
function allOf<T>(listed: unknown, readOne: (entry: unknown) => T | undefined) {
  if (!Array.isArray(listed)) return undefined;
  const all: readonly T[] = listed.map(readOne).filter((it) => it !== undefined);
  return all.length === listed.length ? all : undefined;
}
