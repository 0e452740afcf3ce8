import type { PhoneSettings } from "../../config/settings.ts";
import { isRecord } from "../../utils/isRecord.ts";
import { twilioHost } from "./twilioHost.ts";
import { TwilioProblem } from "./twilioProblem.ts";
import {
  createTwilioRequest,
  type TwilioAccount,
  type TwilioRequestOptions,
} from "./twilioRequest.ts";

export type TwilioFlows = ReturnType<typeof createTwilioFlows>;

/** Creates the client of Twilio's Studio, whose flows run at Twilio. */
export function createTwilioFlows(
  { apiUrl, ...account }: TwilioAccount & Pick<PhoneSettings, "apiUrl">,
  options: TwilioRequestOptions = {},
) {
  const request = createTwilioRequest(account, options);
  const root = `${twilioHost(apiUrl, "studio")}/v2/Flows`;

  return {
    /** Creates and publishes it; returns its SID. Rejects with a `TwilioProblem`. */
    async create(name: string, definition: unknown): Promise<string> {
      const form = new URLSearchParams({
        FriendlyName: name,
        Status: "published",
        Definition: JSON.stringify(definition),
        CommitMessage: "Made by deno task connect",
      });
      return sidIn(await request(root, form)) ?? fail();
    },
    /** The SID of the first published one of that name, among the account's latest hundred flows. */
    async find(name: string): Promise<string | undefined> {
      const body = await request(`${root}?PageSize=100`);
      const flows = isRecord(body) ? body["flows"] : undefined;
      const found = Array.isArray(flows)
        ? flows.filter(isRecord).find((flow) =>
          flow["friendly_name"] === name && flow["status"] === "published"
        )
        : undefined;
      return sidIn(found);
    },
    /** One that is gone already is no error. */
    async remove(sid: string): Promise<void> {
      try {
        await request(`${root}/${encodeURIComponent(sid)}`, undefined, { deletes: true });
      } catch (error) {
        if (!(error instanceof TwilioProblem) || error.status !== 404) throw error;
      }
    },
  };
}

/** What a number asks to have a flow carried out. */
export function flowWebhook(accountSid: string, sid: string): string {
  return `https://webhooks.twilio.com/v1/Accounts/${accountSid}/Flows/${sid}`;
}

/** The definition of a flow that puts a caller through to a phone; the caller's own number is shown there. */
export function forwardingFlow(to: string) {
  return {
    description: "Calls of a voice server that is away go to a phone",
    initial_state: "Trigger",
    flags: { allow_concurrent_calls: true },
    states: [
      {
        name: "Trigger",
        type: "trigger",
        transitions: [
          { event: "incomingMessage" },
          { next: "forward", event: "incomingCall" },
          { event: "incomingConversationMessage" },
          { event: "incomingRequest" },
          { event: "incomingParent" },
        ],
        properties: { offset: { x: 0, y: 0 } },
      },
      {
        name: "forward",
        type: "connect-call-to",
        transitions: [{ event: "callCompleted" }, { event: "hangup" }],
        properties: {
          offset: { x: 0, y: 220 },
          caller_id: "{{contact.channel.address}}",
          noun: "number",
          to,
          timeout: 30,
        },
      },
    ],
  };
}

function sidIn(resource: unknown): string | undefined {
  const sid = isRecord(resource) ? resource["sid"] : undefined;
  return typeof sid === "string" && /^FW[0-9a-f]{32}$/i.test(sid) ? sid : undefined;
}

function fail(): never {
  throw new TwilioProblem(502, "provider_failed", "Twilio Studio's answer cannot be read.");
}
