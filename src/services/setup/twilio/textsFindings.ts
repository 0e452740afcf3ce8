import type { Agents } from "../../../config/agents.ts";
import type { Settings } from "../../../config/settings.ts";
import { countryOfNumber } from "../../spending.ts";
import type {
  CampaignState,
  TwilioAccountFacts,
  TwilioAccountNumbers,
} from "../../twilioOutbound.ts";
import type { Finding } from "../setupCheck.ts";

/** The agents that send text messages. */
export function textingAgents(agents: Pick<Agents, "names" | "get">): readonly string[] {
  return agents.names.filter((file) =>
    agents.get(file)?.tools.some(({ name }) => name === "send_sms")
  );
}

/** What texts come from, and how far it is registered. */
export interface TextSender {
  readonly from: string;
  /** Undefined where no campaign is needed. */
  readonly campaign: CampaignState | "unknown_number" | undefined;
}

/** Asks Twilio for the campaign of what texts come from. Rejects with a `TwilioProblem`. */
export async function textSender(
  { phone, sms }: { readonly phone: { readonly number: string }; readonly sms: Settings["sms"] },
  facts: Pick<TwilioAccountFacts, "campaign" | "numbersOf">,
  numbers: Pick<TwilioAccountNumbers, "find">,
): Promise<TextSender> {
  const from = sms.from ?? phone.number;
  if (from.startsWith("MG")) {
    const isNeeded = (await facts.numbersOf(from)).some(needsCampaign);
    return { from, campaign: isNeeded ? await facts.campaign({ service: from }) : undefined };
  }
  if (!needsCampaign(from)) return { from, campaign: undefined };
  const number = await numbers.find(from);
  if (number === undefined) return { from, campaign: "unknown_number" };
  return { from, campaign: await facts.campaign({ numberSid: number.sid }) };
}

/** Texts between numbers of the United States are what campaigns are for. */
function needsCampaign(number: string): boolean {
  return countryOfNumber(number) === "US" && !TOLL_FREE.test(number);
}

/** They are verified in another way. */
const TOLL_FREE = /^\+18(?:00|33|44|55|66|77|88)/;

/** Whether the texts of agents arrive. */
export function textsFinding(
  { from, campaign }: TextSender,
  agents: readonly string[],
): Finding {
  const values = { from, agents: agents.join(", ") };
  switch (campaign) {
    case undefined:
    case "verified":
      return {
        code: "texts_ok",
        state: "ok",
        text: "Texts of {agents} come from {from}.",
        values,
      };
    case "unknown_number":
      return {
        code: "texts_from_unknown_number",
        state: "broken",
        text: "The Twilio account does not have {from}, from which {agents} send texts.",
        remedy: "Correct SMS_FROM.",
        values,
      };
    case "none":
      return {
        code: "texts_not_registered",
        state: "broken",
        text:
          "{from} has no A2P 10DLC campaign: networks of the United States refuse the texts of {agents} (error 30034).",
        remedy:
          "Register a brand and a campaign in the Twilio console, under Messaging, Regulatory compliance, and put {from} into its messaging service.",
        values,
      };
    case "pending":
      return {
        code: "texts_not_registered",
        state: "warning",
        text:
          "The A2P 10DLC campaign of {from} is being examined: until then, networks of the United States refuse the texts of {agents}.",
        remedy: "Wait for its approval, which takes days; Twilio tells of it by email.",
        values,
      };
    case "failed":
      return {
        code: "texts_not_registered",
        state: "broken",
        text:
          "The A2P 10DLC campaign of {from} was refused: networks of the United States refuse the texts of {agents}.",
        remedy:
          "Look into the Twilio console, under Messaging, Regulatory compliance, for the reason, and register it again.",
        values,
      };
  }
}
