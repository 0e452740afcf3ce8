import {
  type AccountNumber,
  type NumberSettings,
  STATUS_OVERRIDES,
  VOICE_OVERRIDES,
} from "../../services/twilioOutbound.ts";
import { terminalText } from "../../utils/terminalText.ts";

/** What has to change at a number so that this server answers it; empty where nothing has to. */
export function changesFor(
  { settings: before }: Pick<AccountNumber, "settings">,
  { publicUrl, fallbackUrl }: {
    readonly publicUrl: string;
    /** Undefined leaves the number's own. */
    readonly fallbackUrl: string | undefined;
  },
): Partial<NumberSettings> {
  return differing(before, {
    VoiceUrl: `${publicUrl}/twilio/voice${VOICE_OVERRIDES}`,
    VoiceMethod: "POST",
    StatusCallback: `${publicUrl}/twilio/status${STATUS_OVERRIDES}`,
    StatusCallbackMethod: "POST",
    VoiceApplicationSid: "",
    TrunkSid: "",
    ...(before.VoiceReceiveMode === "fax" && { VoiceReceiveMode: "voice" }),
    ...(fallbackUrl !== undefined && {
      VoiceFallbackUrl: fallbackUrl,
      VoiceFallbackMethod: "POST",
    }),
  });
}

/** Those of the wanted settings that are not so. */
export function differing(
  settings: NumberSettings,
  wanted: Partial<NumberSettings>,
): Partial<NumberSettings> {
  return Object.fromEntries(
    entriesOf(wanted).filter(([name, value]) => settings[name] !== value),
  );
}

/** They may have to be typed. */
const whole = (value: string) => shownUrl(value, Infinity);

/** Lines that say what becomes of each setting; those that are given in `spoken` are told in its words. */
export function describeChanges(
  before: NumberSettings,
  changes: Partial<NumberSettings>,
  spoken: Partial<NumberSettings> = {},
): readonly string[] {
  return entriesOf(changes).map(([name, value]) =>
    `  ${labels[name]}: ${whole(before[name])} -> ${spoken[name] ?? whole(value)}`
  );
}

/** What the settings are called in Twilio's console. */
export const labels: NumberSettings = {
  VoiceUrl: "a call comes in",
  VoiceMethod: "asked with",
  VoiceFallbackUrl: "primary handler fails",
  VoiceFallbackMethod: "then asked with",
  StatusCallback: "call status changes",
  StatusCallbackMethod: "told with",
  VoiceApplicationSid: "TwiML application",
  TrunkSid: "SIP trunk",
  VoiceReceiveMode: "accepts",
};

export function entriesOf(
  settings: Partial<NumberSettings>,
): readonly (readonly [keyof NumberSettings, string])[] {
  const names = Object.keys(labels).filter((name): name is keyof NumberSettings =>
    Object.hasOwn(settings, name)
  );
  return names.flatMap((name) => {
    const value = settings[name];
    return value === undefined ? [] : [[name, value] as const];
  });
}

/** An address of an account without what may be secret in it: passwords and tokens. Other texts are shown as they are. */
export function shownUrl(text: string, maxLength?: number): string {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) return shown(text, maxLength);
  const user = url.username === "" && url.password === "" ? "" : "…@";
  const query = url.search === "" ? "" : "?…";
  return shown(`${url.protocol}//${user}${url.host}${url.pathname}${query}${url.hash}`, maxLength);
}

/** A text of the account in one line. */
export function shown(text: string, maxLength = 200): string {
  const clean = terminalText(text.slice(0, maxLength), { by: "?" });
  if (clean === "") return "nothing";
  return text.length > maxLength ? `${clean}…` : clean;
}
