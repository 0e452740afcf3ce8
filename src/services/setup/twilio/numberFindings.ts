import type { PhoneSettings } from "../../../config/settings.ts";
import {
  type AccountApplication,
  type AccountNumber,
  withoutOverrides,
} from "../../twilioOutbound.ts";
import { fixOf } from "../fixOf.ts";
import type { Finding, Fix } from "../setupCheck.ts";
import type { Asked } from "./twilioAnswers.ts";

/** What answers in the place of a number's own webhook. */
export interface Overrides {
  /** Of the trunk that the number is on. */
  readonly trunk?: string | undefined;
  /** Without a value where it is gone; absent where the number is on none. */
  readonly application?: Asked<AccountApplication | undefined> | undefined;
}

/** Where calls to the number go, and what becomes of them while this server is away. */
export function numberFindings(
  found: AccountNumber | undefined,
  { number, publicUrl, fallbackUrl }: Pick<PhoneSettings, "number" | "publicUrl" | "fallbackUrl">,
  overrides: Overrides,
): readonly Finding[] {
  const webhook = `${publicUrl}/twilio/voice`;
  if (found === undefined) {
    return [{
      code: "number_unknown",
      state: "broken",
      text: "The Twilio account does not have the number {number}.",
      remedy: "Correct TWILIO_PHONE_NUMBER, or the account in TWILIO_ACCOUNT_SID.",
      values: { number, webhook },
    }];
  }
  const broken = misdirected(found, number, webhook, overrides);
  if (broken !== undefined) return [broken];
  const { application } = overrides;
  if (application?.ok === false) return [];
  return [
    {
      code: "number_ok",
      state: "ok",
      text: "Calls to {number} come here.",
      values: { number, webhook },
    },
    // The settings of an application count in the place of these.
    ...(application === undefined
      ? [
        ...fallbackFindings(found, number, publicUrl).map((finding) =>
          fallbackUrl === undefined ? finding : { ...finding, fix: connects(number, webhook) }
        ),
        ...statusFindings(found, number, publicUrl),
      ]
      : []),
  ];
}

/** Undefined where calls come here, and where nobody knows. */
function misdirected(
  { hasVoice, settings }: AccountNumber,
  number: string,
  webhook: string,
  { trunk, application }: Overrides,
): Finding | undefined {
  const { VoiceUrl, VoiceMethod, VoiceApplicationSid, TrunkSid, VoiceReceiveMode } = settings;
  const values = { number, webhook };
  if (!hasVoice) {
    return {
      code: "number_without_voice",
      state: "broken",
      text: "{number} takes no calls: it has no voice.",
      remedy: "Buy a number with voice in the Twilio console, and set TWILIO_PHONE_NUMBER to it.",
      values,
    };
  }
  if (TrunkSid !== "") {
    return {
      code: "number_on_trunk",
      state: "broken",
      text: 'Calls to {number} go to the SIP trunk "{trunk}": its webhook is ignored.',
      remedy:
        'Run "deno task connect --unset-trunk {number}", or take the number out of the trunk in the Twilio console.',
      values: { ...values, trunk: trunk ?? TrunkSid },
    };
  }
  if (VoiceReceiveMode === "fax") {
    return {
      code: "number_takes_faxes",
      state: "broken",
      text: "{number} is set to receive faxes: no call comes here.",
      remedy:
        'Run "deno task connect {number}", or have it accept voice calls in the Twilio console.',
      values,
      fix: connects(number, webhook),
    };
  }
  if (application !== undefined) {
    if (!application.ok) return undefined;
    const named = { ...values, application: application.value?.name ?? VoiceApplicationSid };
    if (withoutOverrides(application.value?.voiceUrl ?? "") === webhook) {
      if (application.value?.voiceMethod.toUpperCase() === "POST") return undefined;
      return {
        code: "number_asks_with_get",
        state: "broken",
        text: GET_IS_REFUSED,
        remedy:
          'Run "deno task connect {number}", or choose HTTP POST in the TwiML application "{application}" in the Twilio console.',
        values: named,
        fix: connects(number, webhook),
      };
    }
    return {
      code: "number_on_application",
      state: "broken",
      text:
        'Calls to {number} go to the TwiML application "{application}": its webhook is ignored.',
      remedy:
        'Run "deno task connect {number}", or in the Twilio console configure the number with a webhook instead: {webhook}, HTTP POST.',
      values: named,
      fix: connects(number, webhook),
    };
  }
  if (withoutOverrides(VoiceUrl) !== webhook) {
    return {
      code: "number_not_connected",
      state: "broken",
      text: VoiceUrl === ""
        ? "Nothing answers calls to {number}."
        : "Calls to {number} do not come here: {place} answers them.",
      remedy:
        'Run "deno task connect {number}", or in the Twilio console set what happens when a call comes in to: Webhook, {webhook}, HTTP POST.',
      values: { ...values, place: placeOf(VoiceUrl) },
      fix: connects(number, webhook),
    };
  }
  if (VoiceMethod.toUpperCase() !== "POST") {
    return {
      code: "number_asks_with_get",
      state: "broken",
      text: GET_IS_REFUSED,
      remedy:
        'Run "deno task connect {number}", or choose HTTP POST beside the webhook of the number in the Twilio console.',
      values,
      fix: connects(number, webhook),
    };
  }
  return undefined;
}

const GET_IS_REFUSED = "Twilio asks with GET what to do with calls to {number}, which is refused.";

function fallbackFindings(
  { settings: { VoiceFallbackUrl } }: AccountNumber,
  number: string,
  publicUrl: string,
): readonly Finding[] {
  if (VoiceFallbackUrl === "") {
    return [{
      code: "number_without_fallback",
      state: "warning",
      text:
        "While this server is away, callers of {number} hear that an application error has occurred.",
      remedy:
        'Run "deno task connect {number} --forward-to +1…" with a phone that takes the calls then, or set the fallback "Primary handler fails" in the Twilio console.',
      values: { number },
    }];
  }
  if (URL.parse(VoiceFallbackUrl)?.host === new URL(publicUrl).host) {
    return [{
      code: "number_fallback_here",
      state: "warning",
      text: "The fallback of {number} is on this server: while it is away, nothing answers.",
      remedy:
        'Run "deno task connect {number} --forward-to +1…" with a phone that takes the calls then, or set a fallback on another host.',
      values: { number },
    }];
  }
  return [];
}

function statusFindings(
  { settings: { StatusCallback } }: AccountNumber,
  number: string,
  publicUrl: string,
): readonly Finding[] {
  if (withoutOverrides(StatusCallback) === `${publicUrl}/twilio/status`) return [];
  const values = { number, status: `${publicUrl}/twilio/status` };
  return [{
    code: "number_status_elsewhere",
    state: "warning",
    text:
      "Twilio does not tell this server when calls to {number} end: those that end before the agent speaks are noticed late.",
    remedy:
      'Run "deno task connect {number}", or set "Call status changes" in the Twilio console to {status}, HTTP POST.',
    values,
    fix: connects(number, `${publicUrl}/twilio/voice`),
  }];
}

function connects(number: string, webhook: string): Fix {
  return fixOf("connect_number", { number, webhook });
}

/** Of another's address no more than who it is. */
function placeOf(url: string): string {
  return URL.parse(url)?.host ?? url.slice(0, 80);
}
