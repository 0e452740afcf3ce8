import { isLoopback } from "../utils/loopback.ts";
import type { SettingReader } from "./settingReader.ts";
import type { PhoneSettings, ServerSettings } from "./settings.ts";

/** What a server that others can reach must not be without. */
export function checkExposure(
  read: SettingReader,
  { server, phone, isRehearsal }: {
    readonly server: Pick<ServerSettings, "host" | "publicUrl">;
    readonly phone: Pick<PhoneSettings, "apiUrl"> | undefined;
    /** Whether the built-in engine would answer. */
    readonly isRehearsal: boolean;
  },
): void {
  const reach = reachOf(server, phone !== undefined);
  if (read.list("API_KEYS").length === 0 && reach !== undefined) {
    read.problem(
      `API_KEYS is missing, and ${reach.why}: set API_KEYS to ops:<secret>;scopes=admin, with a secret from "openssl rand -hex 24"${reach.orElse}.`,
    );
  }
  // The stand-in for Twilio that runs on the same machine has no callers who could be deceived.
  const isReal = phone !== undefined && !isLoopback(new URL(phone.apiUrl).hostname);
  if (isReal && isRehearsal && read.text("OPENAI_API_KEY") === undefined) {
    read.problem(
      "OPENAI_API_KEY is missing, and the phone is on: callers would hear the built-in engine, which does not understand them. Set the key, or OPENAI_API_KEY=rehearsal if that is wanted.",
    );
  }
}

function reachOf({ host, publicUrl }: Pick<ServerSettings, "host" | "publicUrl">, phone: boolean) {
  if (!isLoopback(host)) {
    return {
      why: `HOST ${host} is reachable from other machines`,
      orElse: ", or HOST to 127.0.0.1",
    };
  }
  if (publicUrl !== undefined && !isLoopback(new URL(publicUrl).hostname)) {
    return { why: `others reach this server at PUBLIC_URL ${publicUrl}`, orElse: "" };
  }
  return phone ? { why: "the phone is on", orElse: "" } : undefined;
}
