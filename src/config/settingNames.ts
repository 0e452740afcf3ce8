/** Every setting there is, in the order of `.env.example`. */
export const settingNames = [
  "HOST",
  "PORT",
  "PUBLIC_URL",
  "API_KEYS",
  "PUBLIC_KEYS",
  "OIDC_ISSUER",
  "OIDC_CLIENT_ID",
  "OIDC_CLIENT_SECRET",
  "OIDC_GROUPS_CLAIM",
  "SIGN_IN_ROLES",
  "SIGN_IN_HOURS",
  "ALLOWED_ORIGINS",
  "TRUST_PROXY",
  "OPENAI_API_KEY",
  "OPENAI_REALTIME_URL",
  "OPENAI_AUTH",
  "OPENAI_MODEL",
  "OPENAI_SOCKET",
  "AUDIO_GROUP_MS",
  "ANALYSIS_MODEL",
  "ANALYSIS_URL",
  "ANALYSIS_API_KEY",
  "ANALYSIS_DAILY_USD",
  "TWILIO_ACCOUNT_SID",
  "TWILIO_AUTH_TOKEN",
  "TWILIO_PHONE_NUMBER",
  "TWILIO_API_KEY_SID",
  "TWILIO_API_KEY_SECRET",
  "TWILIO_API_URL",
  "TWILIO_FALLBACK_URL",
  "DATABASE_URL",
  "RETENTION_DAYS",
  "AUDIT_DAYS",
  "AUDIT_ENTRIES",
  "PRICES_FILE",
  "TELEPHONY_USD_PER_MINUTE",
  "JOURNAL_DIR",
  "JOURNAL_TEXTS",
  "RECORDINGS_DIR",
  "RECORDING_KEY",
  "RECORDING_MAX_MINUTES",
  "RECORDING_MIN_FREE_MB",
  "RECORDING_RETENTION_DAYS",
  "AGENTS_DIR",
  "DEFAULT_AGENT",
  "KNOWLEDGE_EMBEDDINGS_KEY",
  "KNOWLEDGE_EMBEDDINGS_URL",
  "KNOWLEDGE_EMBEDDINGS_MODEL",
  "OUTBOUND_COUNTRIES",
  "OUTBOUND_ALLOW",
  "OUTBOUND_DENY",
  "OUTBOUND_FROM",
  "OUTBOUND_HOURS",
  "OUTBOUND_CLOSED",
  "OUTBOUND_PER_SECOND",
  "OUTBOUND_PER_MINUTE",
  "OUTBOUND_CONCURRENT",
  "OUTBOUND_DAILY_MINUTES",
  "OUTBOUND_DAILY_USD",
  "OUTBOUND_PER_NUMBER_DAILY",
  "OUTBOUND_PENDING",
  "SMS_FROM",
  "SMS_DAILY",
  "SMS_PER_NUMBER_DAILY",
  "MAX_CALLS",
  "MAX_CALL_MINUTES",
  "MAX_HOLD_MINUTES",
  "MAX_CALL_USD",
  "LISTENERS_PER_CALL",
  "LISTENERS",
  "TRANSFER_MAX_MINUTES",
  "TRANSFER_DIALS_PER_CALL",
  "TRANSFER_DIALS_PER_MINUTE",
  "TRANSFER_SIP_HOSTS",
  "DAILY_USD",
  "DAILY_MINUTES",
  "INBOUND_DAILY_USD",
  "INBOUND_DAILY_MINUTES",
  "KEY_DAILY_USD",
  "KEY_DAILY_MINUTES",
  "CALLER_DAILY_MINUTES",
  "VISITOR_DAILY_MINUTES",
  "WEB_CALLS_PER_KEY",
  "WEB_CALLS_PER_VISITOR",
  "IDLE_SECONDS",
  "DRAIN_SECONDS",
  "WEBHOOK_URL",
  "WEBHOOK_SECRET",
  "CALL_URL",
  "CALL_TIMEOUT_MS",
  "CALL_URL_DIRECTIONS",
  "TOOL_PRIVATE_HOSTS",
  "LOG_LEVEL",
  "LOG_FORMAT",
] as const;

type SettingName = typeof settingNames[number];

/** Wrong names that are too far from the setting they stand for to be found by their spelling. */
const commonMistakes: Readonly<Record<string, SettingName>> = {
  OPENAI_KEY: "OPENAI_API_KEY",
  OPENAI_TOKEN: "OPENAI_API_KEY",
  OPENAI_SECRET_KEY: "OPENAI_API_KEY",
  OPENAI_URL: "OPENAI_REALTIME_URL",
  OPENAI_REALTIME_MODEL: "OPENAI_MODEL",
  TWILIO_SID: "TWILIO_ACCOUNT_SID",
  TWILIO_ACCOUNT_ID: "TWILIO_ACCOUNT_SID",
  TWILIO_TOKEN: "TWILIO_AUTH_TOKEN",
  TWILIO_ACCOUNT_TOKEN: "TWILIO_AUTH_TOKEN",
  TWILIO_NUMBER: "TWILIO_PHONE_NUMBER",
  TWILIO_FROM: "TWILIO_PHONE_NUMBER",
  TWILIO_FROM_NUMBER: "TWILIO_PHONE_NUMBER",
  TWILIO_API_KEY: "TWILIO_API_KEY_SID",
  TWILIO_API_SECRET: "TWILIO_API_KEY_SECRET",
  OUTBOUND_COUNTRY: "OUTBOUND_COUNTRIES",
};

const known: ReadonlySet<string> = new Set(settingNames);

/** The setting that an unknown name probably stands for; undefined for names of other programs. */
export function suggestSetting(name: string): SettingName | undefined {
  if (known.has(name)) return undefined;
  const upper = name.toUpperCase();
  const mistaken = commonMistakes[upper];
  if (mistaken !== undefined) return mistaken;
  return settingNames.find((setting) => CHECKED.test(setting) && isNear(upper, setting, MAX_EDITS));
}

/**
 * The same for a name in the file of settings, where it was meant for this server: every setting counts that
 * is as near as the length of the name allows.
 */
export function nearestSetting(name: string): SettingName | undefined {
  if (known.has(name)) return undefined;
  const upper = name.toUpperCase();
  const edits = upper.length > 6 ? MAX_EDITS : 1;
  return commonMistakes[upper] ??
    settingNames.find((setting) => isNear(upper, setting, 1)) ??
    settingNames.find((setting) => isNear(upper, setting, edits));
}

/** Names with one character missing or two swapped, to ask for where the environment may not be listed. */
export function likelyMisspellings(): readonly string[] {
  const names = new Set(Object.keys(commonMistakes));
  for (const setting of settingNames) {
    if (!CHECKED.test(setting)) continue;
    for (let at = 1; at < setting.length; at++) {
      const [head, tail] = [setting.slice(0, at), setting.slice(at)];
      names.add(head + tail.slice(1));
      names.add(head + tail.charAt(1) + tail.charAt(0) + tail.slice(2));
    }
  }
  return [...names].filter((name) => !known.has(name));
}

/** Short names such as PORT are too close to names of other programs. */
const CHECKED = /^(OPENAI|ANALYSIS|TWILIO|KNOWLEDGE|OUTBOUND|OIDC|SIGN_IN)_/;

const MAX_EDITS = 2;

/** Whether at most `edits` insertions, deletions, replacements and swaps of neighbours lie between two words. */
function isNear(a: string, b: string, edits: number): boolean {
  let same = 0;
  while (same < a.length && a[same] === b[same]) same++;
  const [left, right] = [a.slice(same), b.slice(same)];
  if (left === "" && right === "") return true;
  if (edits === 0) return false;
  const isSwap = left.length > 1 && left[0] === right[1] && left[1] === right[0];
  return isNear(left.slice(1), right, edits - 1) ||
    isNear(left, right.slice(1), edits - 1) ||
    isNear(left.slice(1), right.slice(1), edits - 1) ||
    (isSwap && isNear(left.slice(2), right.slice(2), edits - 1));
}
