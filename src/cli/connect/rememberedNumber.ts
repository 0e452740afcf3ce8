import { type NumberSettings, numberSettings } from "../../services/twilioOutbound.ts";
import { isRecord } from "../../utils/isRecord.ts";
import { present } from "../../utils/present.ts";
import { type KnownProcess, readKnownProcess } from "./knownProcess.ts";

/** How a number was before it was pointed at this server, and what was set in its place. */
export interface RememberedNumber {
  readonly accountSid: string;
  /** Of Twilio's API; a stand-in may have an account of the same SID. */
  readonly apiHost: string;
  readonly sid: string;
  readonly number: string;
  /** The command that puts it back as it ends; absent where it stays connected, and in files of earlier versions. */
  readonly owner?: KnownProcess;
  /** ISO 8601. */
  readonly rememberedAt: string;
  readonly before: NumberSettings;
  /** Only what was changed. */
  readonly set: Partial<NumberSettings>;
  /** What may stand in the place of `set`, where Twilio has not confirmed the last changes. */
  readonly earlier: readonly Partial<NumberSettings>[];
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

/** Undefined for what is no such entry. Those of earlier versions lack `apiHost` and `earlier`. */
export function readRememberedNumber(entry: unknown): RememberedNumber | undefined {
  if (!isRecord(entry)) return undefined;
  const { accountSid, apiHost = "api.twilio.com", sid, number, rememberedAt, flows } = entry;
  const before = settingsIn(entry["before"]);
  const set = settingsIn(entry["set"]);
  if (before === undefined || !isWhole(before) || set === undefined) return undefined;
  if (typeof sid !== "string" || !/^PN[0-9a-f]{32}$/i.test(sid)) return undefined;
  if (typeof number !== "string" || typeof accountSid !== "string") return undefined;
  if (typeof apiHost !== "string") return undefined;
  if (typeof rememberedAt !== "string" || !Array.isArray(flows) || !flows.every(isFlow)) {
    return undefined;
  }
  const listed: unknown = entry["earlier"] ?? [];
  const earlier = Array.isArray(listed) ? listed.map(settingsIn) : [undefined];
  if (!earlier.every((it) => it !== undefined)) return undefined;
  const owner = readKnownProcess(entry["owner"]);
  if (owner === undefined && entry["owner"] !== undefined) return undefined;
  return {
    ...{ accountSid, apiHost, sid, number, rememberedAt, before, set, earlier, flows },
    ...present({ owner }),
  };
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
