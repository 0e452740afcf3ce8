import { createSid } from "../random.ts";
import { readMethod } from "../api/formReader.ts";
import type { HttpMethod } from "../twiml/twimlElement.ts";
import type { NumberFields } from "./accountState.ts";

/** A number of the account as the API has it. */
export interface NumberResource {
  readonly sid: string;
  readonly number: string;
  readonly name: string;
  readonly voiceUrl: string;
  readonly voiceMethod: HttpMethod;
  readonly fallbackUrl: string;
  readonly fallbackMethod: HttpMethod;
  readonly statusCallback: string;
  readonly statusMethod: HttpMethod;
  readonly applicationSid: string;
  readonly trunkSid: string;
  readonly receiveMode: "voice" | "fax";
  readonly smsUrl: string;
  readonly hasVoice: boolean;
}

export function numberResource(
  {
    number,
    name = number,
    voiceUrl = "",
    voiceMethod = "POST",
    fallbackUrl = "",
    statusCallback = "",
    applicationSid = "",
    trunkSid = "",
    receiveMode = "voice",
    hasVoice = true,
  }: NumberFields,
): NumberResource {
  return {
    sid: createSid("PN"),
    ...{ number, name, voiceUrl, voiceMethod, fallbackUrl, statusCallback },
    ...{ applicationSid, trunkSid, receiveMode, hasVoice },
    fallbackMethod: "POST",
    statusMethod: "POST",
    smsUrl: "",
  };
}

/** The number after a request to change it; to set an application takes a trunk away, and the reverse. */
export function changedNumber(before: NumberResource, form: URLSearchParams): NumberResource {
  const text = (name: string, otherwise: string) => form.get(name) ?? otherwise;
  const applicationSid = text("VoiceApplicationSid", before.applicationSid);
  const trunkSid = text("TrunkSid", before.trunkSid);
  const setsApplication = (form.get("VoiceApplicationSid") ?? "") !== "";
  const setsTrunk = (form.get("TrunkSid") ?? "") !== "";
  const mode = form.get("VoiceReceiveMode");
  return {
    ...before,
    name: text("FriendlyName", before.name),
    voiceUrl: text("VoiceUrl", before.voiceUrl),
    voiceMethod: readMethod(form, "VoiceMethod", before.voiceMethod),
    fallbackUrl: text("VoiceFallbackUrl", before.fallbackUrl),
    fallbackMethod: readMethod(form, "VoiceFallbackMethod", before.fallbackMethod),
    statusCallback: text("StatusCallback", before.statusCallback),
    statusMethod: readMethod(form, "StatusCallbackMethod", before.statusMethod),
    applicationSid: setsTrunk ? "" : applicationSid,
    trunkSid: setsApplication ? "" : trunkSid,
    receiveMode: mode === "fax" || mode === "voice" ? mode : before.receiveMode,
    smsUrl: text("SmsUrl", before.smsUrl),
  };
}

/** A number as the API answers it. */
export function viewNumber(accountSid: string, number: NumberResource) {
  const { sid, hasVoice } = number;
  return {
    sid,
    account_sid: accountSid,
    phone_number: number.number,
    friendly_name: number.name,
    capabilities: { voice: hasVoice, sms: true, mms: false, fax: false },
    voice_url: number.voiceUrl,
    voice_method: number.voiceMethod,
    voice_fallback_url: number.fallbackUrl,
    voice_fallback_method: number.fallbackMethod,
    voice_application_sid: number.applicationSid,
    voice_caller_id_lookup: false,
    voice_receive_mode: number.receiveMode,
    trunk_sid: number.trunkSid === "" ? null : number.trunkSid,
    status_callback: number.statusCallback,
    status_callback_method: number.statusMethod,
    sms_url: number.smsUrl,
    sms_method: "POST",
    sms_application_sid: "",
    bundle_sid: null,
    address_requirements: "none",
    status: "in-use",
    uri: `/2010-04-01/Accounts/${accountSid}/IncomingPhoneNumbers/${sid}.json`,
  };
}
