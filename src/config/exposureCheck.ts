import { isLoopback } from "../utils/http/loopback.ts";
import type { SettingReader } from "./settingReader.ts";
import type { PhoneSettings, ServerSettings } from "./settings.ts";

/** Requires API keys, or sign-in, where others can reach the server, and a model key where the phone is on. */
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
  const isKeyed = read.list("API_KEYS").length > 0 || read.text("OIDC_ISSUER") !== undefined;
  if (!isKeyed && reach !== undefined) {
    read.problem(
      `API_KEYS is missing, and ${reach.why}: set API_KEYS to ops:<secret>;scopes=admin, with a secret from "openssl rand -hex 24"${reach.orElse}.`,
    );
  }
  // The Twilio simulator on this machine has no real callers.
  const isReal = phone !== undefined && !isLoopback(new URL(phone.apiUrl).hostname);
  if (isReal && isRehearsal && read.text("OPENAI_API_KEY") === undefined) {
    read.problem(
      "OPENAI_API_KEY is missing, and the phone is on: callers would hear the built-in engine, which does not understand them. Set the key, or OPENAI_API_KEY=rehearsal if that is intended.",
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
