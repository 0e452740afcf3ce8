import { dirname } from "node:path";
import { type NumberSettings, numberSettings } from "../../services/twilioOutbound.ts";
import { isRecord } from "../../utils/isRecord.ts";

/** How a number was before it was pointed at this server, and what was set in its place. */
export interface RememberedNumber {
  readonly accountSid: string;
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
 * before the function returns. Throws where the file is there and cannot be read.
 */
export function openConnectMemory(path: string) {
  let numbers = read(path);

  return {
    path,
    get numbers(): readonly RememberedNumber[] {
      return numbers;
    },
    find: (sid: string): RememberedNumber | undefined => numbers.find((it) => it.sid === sid),
    keep(number: RememberedNumber): void {
      write([...numbers.filter(({ sid }) => sid !== number.sid), number]);
    },
    forget(sid: string): void {
      write(numbers.filter((it) => it.sid !== sid));
    },
  };

  function write(changed: readonly RememberedNumber[]): void {
    if (changed.length === 0) {
      removeFile(path);
    } else {
      Deno.mkdirSync(dirname(path), { recursive: true });
      const written = `${path}.new`;
      const text = `${JSON.stringify({ version: 1, numbers: changed }, undefined, 2)}\n`;
      using file = Deno.openSync(written, {
        write: true,
        create: true,
        truncate: true,
        mode: 0o600,
      });
      const bytes = new TextEncoder().encode(text);
      for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
      file.syncSync();
      Deno.renameSync(written, path);
    }
    numbers = changed;
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
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    return undefined;
  }
  const listed = isRecord(content) && content["version"] === 1 ? content["numbers"] : undefined;
  if (!Array.isArray(listed)) return undefined;
  const numbers = listed.map(numberIn).filter((it) => it !== undefined);
  return numbers.length === listed.length ? numbers : undefined;
}

function numberIn(entry: unknown): RememberedNumber | undefined {
  if (!isRecord(entry)) return undefined;
  const { accountSid, sid, number, rememberedAt, flows } = entry;
  const before = settingsIn(entry["before"]);
  const set = settingsIn(entry["set"]);
  if (
    before === undefined || set === undefined || !names.every((name) => before[name] !== undefined)
  ) return undefined;
  if (typeof sid !== "string" || !/^PN[0-9a-f]{32}$/i.test(sid)) return undefined;
  if (typeof number !== "string" || typeof accountSid !== "string") return undefined;
  if (typeof rememberedAt !== "string" || !Array.isArray(flows) || !flows.every(isFlow)) {
    return undefined;
  }
  return { accountSid, sid, number, rememberedAt, before: { ...empty, ...before }, set, flows };
}

function isFlow(value: unknown): value is RememberedFlow {
  if (!isRecord(value)) return false;
  const { name, to, sid } = value;
  if (typeof name !== "string" || typeof to !== "string") return false;
  return sid === undefined || typeof sid === "string" && /^FW[0-9a-f]{32}$/i.test(sid);
}

const names = Object.keys(numberSettings).filter(isSetting);
const empty = emptySettings();

function isSetting(name: string): name is keyof NumberSettings {
  return Object.hasOwn(numberSettings, name);
}

function emptySettings(): NumberSettings {
  return {
    ...{ VoiceUrl: "", VoiceMethod: "", VoiceFallbackUrl: "", VoiceFallbackMethod: "" },
    ...{ StatusCallback: "", StatusCallbackMethod: "", VoiceApplicationSid: "", TrunkSid: "" },
    VoiceReceiveMode: "",
  };
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
