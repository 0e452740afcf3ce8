import { dirname } from "node:path";
import { type NumberSettings, numberSettings } from "../../services/twilioOutbound.ts";
import { isRecord } from "../../utils/isRecord.ts";
import { jsonOrUndefined } from "../../utils/jsonOrUndefined.ts";

/** How a number was before it was pointed at this server, and what was set in its place. */
export interface RememberedNumber {
  readonly accountSid: string;
  /** Of Twilio's API; a stand-in may have an account of the same SID. */
  readonly apiHost: string;
  readonly sid: string;
  readonly number: string;
  /** ISO 8601. */
  readonly rememberedAt: string;
  readonly before: NumberSettings;
  /** Only what was changed. */
  readonly set: Partial<NumberSettings>;
  /** Flows of Twilio Studio that were made for it, and go with it. */
  readonly flows: readonly RememberedFlow[];
}

/** It is remembered by its name before it is made, and by its SID from then on. */
export interface RememberedFlow {
  readonly name: string;
  /** The phone to which it forwards. */
  readonly to: string;
  readonly sid?: string;
}

/** The file beside `connect.json` of the numbers that a tunnel has, which go back with the tunnel. */
export const TUNNEL_MEMORY = "connect-tunnel.json";

export type ConnectMemory = ReturnType<typeof openConnectMemory>;

/**
 * Opens the file that remembers how numbers were, which only its owner may read. Each change is whole on the disk
 * before the function returns, and keeps what other processes have written meanwhile: what is remembered is read
 * each time. Throws where the file is there and cannot be read.
 */
export function openConnectMemory(path: string) {
  read(path);

  return {
    path,
    get numbers(): readonly RememberedNumber[] {
      return read(path);
    },
    find: (sid: string): RememberedNumber | undefined => read(path).find((it) => it.sid === sid),
    keep(number: RememberedNumber): void {
      change((numbers) => [...numbers.filter(({ sid }) => sid !== number.sid), number]);
    },
    forget(sid: string): void {
      change((numbers) => numbers.filter((it) => it.sid !== sid));
    },
  };

  function change(changed: (numbers: readonly RememberedNumber[]) => readonly RememberedNumber[]) {
    Deno.mkdirSync(dirname(path), { recursive: true });
    const draftPath = `${path}.new`;
    using draft = openAlone(draftPath);
    const numbers = changed(read(path));
    if (numbers.length === 0) {
      removeFile(path);
      removeFile(draftPath);
      return;
    }
    const text = `${JSON.stringify({ version: 1, numbers }, undefined, 2)}\n`;
    const bytes = new TextEncoder().encode(text);
    draft.truncateSync();
    for (let at = 0; at < bytes.length;) at += draft.writeSync(bytes.subarray(at));
    draft.syncSync();
    Deno.renameSync(draftPath, path);
  }
}

/** Opens a file that no other process has open by this function. One that was waited for may have been renamed since. */
function openAlone(path: string): Deno.FsFile {
  for (;;) {
    const file = Deno.openSync(path, { write: true, create: true, mode: 0o600 });
    file.lockSync(true);
    if (file.statSync().ino === inodeOf(path)) return file;
    file.close();
  }
}

/** Undefined where there is no file. */
function inodeOf(path: string): number | null | undefined {
  try {
    return Deno.statSync(path).ino;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function removeFile(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

function read(path: string): readonly RememberedNumber[] {
  let text: string;
  try {
    text = Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
  const numbers = numbersIn(text);
  if (numbers !== undefined) return numbers;
  throw new TypeError(
    `Cannot read ${path}, which remembers how numbers were before: it was changed or is of another version. ` +
      "Correct it, or move it away to begin anew.",
  );
}

function numbersIn(text: string): readonly RememberedNumber[] | undefined {
  const content = jsonOrUndefined(text);
  const listed = isRecord(content) && content["version"] === 1 ? content["numbers"] : undefined;
  if (!Array.isArray(listed)) return undefined;
  const numbers = listed.map(numberIn).filter((it) => it !== undefined);
  return numbers.length === listed.length ? numbers : undefined;
}

function numberIn(entry: unknown): RememberedNumber | undefined {
  if (!isRecord(entry)) return undefined;
  const { accountSid, apiHost, sid, number, rememberedAt, flows } = entry;
  const before = settingsIn(entry["before"]);
  const set = settingsIn(entry["set"]);
  if (before === undefined || !isWhole(before) || set === undefined) return undefined;
  if (typeof sid !== "string" || !/^PN[0-9a-f]{32}$/i.test(sid)) return undefined;
  if (typeof number !== "string" || typeof accountSid !== "string") return undefined;
  if (typeof apiHost !== "string") return undefined;
  if (typeof rememberedAt !== "string" || !Array.isArray(flows) || !flows.every(isFlow)) {
    return undefined;
  }
  return { accountSid, apiHost, sid, number, rememberedAt, before, set, flows };
}

function isFlow(value: unknown): value is RememberedFlow {
  if (!isRecord(value)) return false;
  const { name, to, sid } = value;
  if (typeof name !== "string" || typeof to !== "string") return false;
  return sid === undefined || typeof sid === "string" && /^FW[0-9a-f]{32}$/i.test(sid);
}

const names = Object.keys(numberSettings).filter(isSetting);

function isSetting(name: string): name is keyof NumberSettings {
  return Object.hasOwn(numberSettings, name);
}

function isWhole(settings: Partial<NumberSettings>): settings is NumberSettings {
  return names.every((name) => settings[name] !== undefined);
}

function settingsIn(value: unknown): Partial<NumberSettings> | undefined {
  if (!isRecord(value)) return undefined;
  const settings: Partial<Record<keyof NumberSettings, string>> = {};
  for (const [name, text] of Object.entries(value)) {
    if (!isSetting(name) || typeof text !== "string") return undefined;
    settings[name] = text;
  }
  return settings;
}
