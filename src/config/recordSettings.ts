import type { SettingReader } from "./settingReader.ts";
import type { DatabaseSettings, RecordSettings } from "./settings.ts";
import { present } from "../utils/present.ts";

/** Reads which database calls are stored in. */
export function readDatabase(read: SettingReader): DatabaseSettings {
  const value = read.text("DATABASE_URL") ?? "sqlite:./data/parley.db";
  if (/^sqlite:./.test(value)) return { kind: "sqlite", path: value.slice("sqlite:".length) };
  if (/^postgres(ql)?:\/\/./.test(value) && URL.canParse(value)) {
    return { kind: "postgres", url: value };
  }
  read.problem(
    "DATABASE_URL must be sqlite:<file>, sqlite::memory: or postgres://user:password@host/name.",
  );
  return { kind: "sqlite", path: ":memory:" };
}

/** Reads what is stored of calls, for how long, and how they are priced. */
export function readRecords(read: SettingReader): RecordSettings {
  const days = read.text("RETENTION_DAYS") === undefined
    ? undefined
    : read.whole("RETENTION_DAYS", 0, { min: 1, max: 36_500 });
  const auditDays = read.whole("AUDIT_DAYS", Math.max(AUDIT_DAYS, days ?? 0), {
    min: 1,
    max: 36_500,
  });
  if (days !== undefined && auditDays < days) {
    read.problem("AUDIT_DAYS must not be less than RETENTION_DAYS.");
  }
  const auditEntries = read.whole("AUDIT_ENTRIES", 1_000_000, { min: 10_000, max: 100_000_000 });
  const pricesFile = read.text("PRICES_FILE");
  const telephonyUsdPerMinute = read.amount("TELEPHONY_USD_PER_MINUTE");
  const dir = read.text("JOURNAL_DIR");
  const texts = read.flag("JOURNAL_TEXTS", false);
  return {
    auditDays,
    auditEntries,
    ...present({ retentionDays: days, pricesFile, telephonyUsdPerMinute }),
    ...(dir !== undefined && { journal: { dir: dir.replace(/(?<=.)\/$/, ""), texts } }),
  };
}

/** By default; longer where calls are kept for longer. */
const AUDIT_DAYS = 365;
