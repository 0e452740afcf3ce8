import type { PhoneSettings } from "../../config/settings.ts";
import { isRecord } from "../../utils/isRecord.ts";
import { twilioHost, type TwilioProduct } from "./twilioHost.ts";
import { TwilioProblem } from "./twilioProblem.ts";
import {
  createTwilioRequest,
  type TwilioAccount,
  type TwilioRequestOptions,
} from "./twilioRequest.ts";

/** What Twilio says of an account. */
export interface AccountFacts {
  readonly isTrial: boolean;
  readonly status: "active" | "suspended" | "closed" | "unknown";
  /** Undefined where it is not told. */
  readonly createdAt: number | undefined;
}

export interface Balance {
  readonly amount: number;
  /** Such as `USD`. */
  readonly currency: string;
}

/** How far a number or service may send texts to the United States (A2P 10DLC). */
export type CampaignState = "verified" | "pending" | "failed" | "none";

export type TwilioAccountFacts = ReturnType<typeof createTwilioAccountFacts>;

/** Creates the client that reads what Twilio's console shows of an account; it changes nothing. */
export function createTwilioAccountFacts(
  { apiUrl, ...phone }: TwilioAccount & Pick<PhoneSettings, "apiUrl">,
  options: TwilioRequestOptions = {},
) {
  const { accountSid, authToken } = phone;
  const request = createTwilioRequest(phone, options);
  // API keys of the standard kind may not read the account.
  const requestWithToken = createTwilioRequest({ accountSid, authToken }, options);
  const root = `${apiUrl}/2010-04-01/Accounts/${accountSid}`;
  const at = (product: TwilioProduct) => twilioHost(apiUrl, product);

  return {
    /** Shows whether the auth token is right, too. Rejects with a `TwilioProblem`, as all of these. */
    async account(): Promise<AccountFacts> {
      const body = await requestWithToken(`${root}.json`);
      const { type, status, date_created: created } = isRecord(body) ? body : {};
      const createdAt = typeof created === "string" ? Date.parse(created) : NaN;
      return {
        isTrial: type === "Trial",
        status: status === "active" || status === "suspended" || status === "closed"
          ? status
          : "unknown",
        createdAt: Number.isFinite(createdAt) ? createdAt : undefined,
      };
    },
    /** Undefined for a subaccount, which has none of its own. */
    async balance(): Promise<Balance | undefined> {
      const body = await unlessUnknown(requestWithToken(`${root}/Balance.json`));
      if (!isRecord(body)) return undefined;
      const amount = Number(body["balance"] ?? NaN);
      const currency = body["currency"];
      if (!Number.isFinite(amount)) return undefined;
      return { amount, currency: typeof currency === "string" ? currency.slice(0, 3) : "" };
    },
    /** The name of a SIP trunk; undefined where it is gone. */
    async trunk(sid: string): Promise<string | undefined> {
      const url = `${at("trunking")}/v1/Trunks/${encodeURIComponent(sid)}`;
      const body = await unlessUnknown(request(url));
      const name = isRecord(body) ? body["friendly_name"] : undefined;
      return typeof name === "string" ? name.slice(0, 64) : undefined;
    },
    /** Whether a number that is not of the account is verified as its own. */
    async isCallerId(number: string): Promise<boolean> {
      const query = new URLSearchParams({ PhoneNumber: number });
      const body = await request(`${root}/OutgoingCallerIds.json?${query}`);
      const ids = isRecord(body) ? body["outgoing_caller_ids"] : undefined;
      return Array.isArray(ids) && ids.some((id) => isRecord(id) && id["phone_number"] === number);
    },
    /** Whether numbers of a country, by its ISO code, may be called. */
    async isOpen(country: string): Promise<boolean> {
      const url = `${at("voice")}/v1/DialingPermissions/Countries/${encodeURIComponent(country)}`;
      const body = await unlessUnknown(request(url));
      return isRecord(body) && body["low_risk_numbers_enabled"] === true;
    },
    /** Of a messaging service, the first hundred. */
    async numbersOf(service: string): Promise<readonly string[]> {
      const url = `${at("messaging")}/v1/Services/${encodeURIComponent(service)}/PhoneNumbers`;
      const body = await unlessUnknown(request(`${url}?PageSize=100`));
      const numbers = isRecord(body) ? body["phone_numbers"] : undefined;
      return (Array.isArray(numbers) ? numbers : []).flatMap((entry) => {
        const number = isRecord(entry) ? entry["phone_number"] : undefined;
        return typeof number === "string" ? [number.slice(0, 40)] : [];
      });
    },
    /** Of a messaging service, or of the first one that has the number, by its SID. */
    async campaign(sender: { readonly service: string } | { readonly numberSid: string }) {
      if ("service" in sender) return await campaignOf(sender.service);
      const page = await request(`${at("messaging")}/v1/Services?PageSize=${MAX_SERVICES}`);
      const services = isRecord(page) ? page["services"] : undefined;
      for (const service of Array.isArray(services) ? services.slice(0, MAX_SERVICES) : []) {
        const sid = isRecord(service) ? service["sid"] : undefined;
        if (typeof sid !== "string" || !/^MG[0-9a-f]{32}$/.test(sid)) continue;
        const url = `${at("messaging")}/v1/Services/${sid}/PhoneNumbers/${sender.numberSid}`;
        if (await unlessUnknown(request(url)) !== undefined) return await campaignOf(sid);
      }
      return "none" satisfies CampaignState;
    },
  };

  async function campaignOf(service: string): Promise<CampaignState> {
    const url = `${at("messaging")}/v1/Services/${service}/Compliance/Usa2p`;
    const body = await unlessUnknown(request(url));
    const campaigns = isRecord(body) ? body["compliance"] : undefined;
    const states = Array.isArray(campaigns)
      ? campaigns.filter(isRecord).map((campaign) => campaign["campaign_status"])
      : [];
    if (states.length === 0) return "none";
    if (states.includes("VERIFIED")) return "verified";
    return states.some((state) => state === "PENDING" || state === "IN_PROGRESS")
      ? "pending"
      : "failed";
  }
}

/** Each is asked whether it has the number. */
const MAX_SERVICES = 20;

/** Undefined in the place of a 404. */
async function unlessUnknown(answer: Promise<unknown>): Promise<unknown> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof TwilioProblem && error.status === 404) return undefined;
    throw error;
  }
}
