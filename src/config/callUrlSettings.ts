import type { SettingReader } from "./settingReader.ts";
import type { CallUrlSettings } from "./settings.ts";

const DIRECTIONS = ["inbound", "outbound", "web"] as const;

/** Reads whom to ask about calls before they begin; undefined where no URL is set. */
export function readCallUrl(
  read: SettingReader,
  secrets: readonly Uint8Array[],
): CallUrlSettings | undefined {
  const timeoutMs = read.whole("CALL_TIMEOUT_MS", 1500, { min: 100, max: 10_000 });
  const named = read.list("CALL_URL_DIRECTIONS");
  const directions = DIRECTIONS.filter((direction) => named.includes(direction));
  if (directions.length < named.length) {
    read.problem(
      `CALL_URL_DIRECTIONS must be some of ${DIRECTIONS.join(", ")}, separated by commas.`,
    );
  }
  const url = read.url(
    "CALL_URL",
    "https://app.example.com/calls",
    ": it receives numbers of callers.",
  );
  if (url === undefined) return undefined;
  if (url.username !== "" || url.password !== "") {
    read.problem("CALL_URL must not hold a password: requests are signed instead.");
  }
  if (read.list("WEBHOOK_SECRET").length === 0) {
    read.problem(
      'WEBHOOK_SECRET is missing, and CALL_URL is set: make one with echo "whsec_$(openssl rand -base64 32)".',
    );
  }
  return {
    url: url.href,
    timeoutMs,
    directions: named.length === 0 ? ["inbound"] : directions,
    secrets,
  };
}
