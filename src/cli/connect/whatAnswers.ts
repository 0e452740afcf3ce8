import {
  type AccountNumber,
  type TwilioAccountNumbers,
  withoutOverrides,
} from "../../services/twilioOutbound.ts";
import { shown, shownUrl } from "./numberChanges.ts";

/** What answers calls to a number today, in words. Rejects with a `TwilioProblem`. */
export async function whatAnswers(
  { hasVoice, settings }: AccountNumber,
  account: Pick<TwilioAccountNumbers, "application">,
  publicUrl: string,
): Promise<string> {
  const { VoiceUrl, VoiceMethod, VoiceApplicationSid, TrunkSid, VoiceReceiveMode } = settings;
  if (!hasVoice) return "nothing: it takes no calls";
  if (TrunkSid !== "") return `the SIP trunk ${shown(TrunkSid)}`;
  if (VoiceReceiveMode === "fax") return "nothing: it is set to receive faxes";
  if (VoiceApplicationSid === "") return ofUrl(VoiceUrl, VoiceMethod, publicUrl);
  const application = await account.application(VoiceApplicationSid);
  if (application === undefined) {
    return `nothing: its application ${shown(VoiceApplicationSid)} is gone`;
  }
  const behind = ofUrl(application.voiceUrl, application.voiceMethod, publicUrl);
  return `the application "${shown(application.name)}", which asks ${behind}`;
}

/** Whether an address is that of this server's webhook; connection overrides in its fragment are no part of it. */
export function isOwnWebhook(url: string, publicUrl: string): boolean {
  return withoutOverrides(url) === `${publicUrl}/twilio/voice`;
}

function ofUrl(url: string, method: string, publicUrl: string): string {
  if (url === "") return "nothing";
  if (isOwnWebhook(url, publicUrl)) {
    return method === "POST" ? "this server" : `this server, but with ${shown(method)}`;
  }
  if (/^https?:\/\/demo\.twilio\.com\//.test(url)) return "Twilio's demo";
  if (/^https?:\/\/webhooks\.twilio\.com\/.*\/Flows\//.test(url)) {
    return `a Studio flow, ${shownUrl(url)}`;
  }
  return shownUrl(withoutOverrides(url));
}
