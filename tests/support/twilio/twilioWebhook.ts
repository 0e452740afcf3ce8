import { getExpectedTwilioSignature } from "twilio/lib/webhooks/webhooks.js";
import { account, publicUrl, type TestServer } from "../servers/phoneServer.ts";

export const inboundSid = `CA${"7".repeat(32)}`;

/** A webhook about an inbound call, as Twilio signs it. */
export function twilioPost(
  server: Pick<TestServer, "request">,
  path: string,
  fields: Readonly<Record<string, string>> = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const form = { CallSid: inboundSid, From: "+12025550123", To: account.number, ...fields };
  return server.request(path, {
    method: "POST",
    headers: {
      "X-Twilio-Signature": getExpectedTwilioSignature(account.authToken, publicUrl + path, form),
      ...headers,
    },
    body: new URLSearchParams(form),
  });
}

/** The body of a webhook's answer. */
export async function twimlOf(answer: Promise<Response>): Promise<string> {
  return await (await answer).text();
}

/** The signature that every handshake of a media socket carries. */
export function mediaSignature(): string {
  return getExpectedTwilioSignature(
    account.authToken,
    `${publicUrl.replace("http", "ws")}/media`,
    {},
  );
}
