import type { Settings } from "../../config/settings.ts";
import type { AccountNumber } from "../../services/twilioOutbound.ts";
import { checkDestination } from "../../services/spending.ts";
import type { Terminal } from "../terminal.ts";
import type { Fallback } from "./connectNumber.ts";
import type { ConnectOptions } from "./connectOptions.ts";

/** Where calls go while the server is away; `refused` says why not there. */
export type FallbackChoice =
  | { readonly fallback: Fallback | undefined }
  | { readonly refused: string };

/**
 * Settles the fallback: by the options, the setting, or on a terminal by asking. A phone has to pass the checks of
 * every number that this server dials, because such calls cost as much.
 */
export async function chooseFallback(
  { forwardTo, fallbackUrl, isAgreed }: ConnectOptions,
  { settings, publicUrl, chosen, all, terminal }: {
    readonly settings: Pick<Settings, "outbound" | "phone">;
    readonly publicUrl: string;
    readonly chosen: readonly AccountNumber[];
    readonly all: readonly AccountNumber[];
    readonly terminal: Terminal;
  },
): Promise<FallbackChoice> {
  if (forwardTo !== undefined) return toPhone(forwardTo);
  const url = fallbackUrl ?? settings.phone?.fallbackUrl;
  const named = fallbackUrl === undefined ? "TWILIO_FALLBACK_URL" : "--fallback-url";
  if (url !== undefined) return toUrl(url, named);
  const hasNone = chosen.every(({ settings }) => settings.VoiceFallbackUrl === "");
  if (isAgreed || !hasNone) return { fallback: undefined };
  const answer = await terminal.ask(
    "While this server is away, to which phone should calls go (+1...; Enter for none)?",
  );
  const to = answer?.replaceAll(/[\s().-]/g, "") ?? "";
  return to === "" ? { fallback: undefined } : toPhone(to);

  function toPhone(to: string): FallbackChoice {
    if (all.some(({ number }) => number === to)) {
      return { refused: `${to} is a number of this account: calls would go round in circles.` };
    }
    const ownNumber = chosen[0]?.number ?? "";
    const destination = checkDestination(to, { ...settings.outbound, ownNumber });
    return destination.ok
      ? { fallback: { kind: "phone", to: destination.number } }
      : { refused: `Calls cannot be forwarded there: ${destination.sentence}` };
  }

  function toUrl(text: string, named: string): FallbackChoice {
    const parsed = URL.parse(text);
    if (parsed === null || parsed.protocol !== "https:" || parsed.username !== "") {
      return { refused: `${named} must be an https address.` };
    }
    if (parsed.origin === publicUrl) {
      return {
        refused: `${named} is on this server: it is asked while this server is away.`,
      };
    }
    return { fallback: { kind: "url", url: parsed.href } };
  }
}
