import { getExpectedTwilioSignature } from "twilio/lib/webhooks/webhooks.js";
import { account, publicUrl, type TestServer } from "../servers/phoneServer.ts";

export const inboundSid = `CA${"7".repeat(32)}`;

interface SigningOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly signedFor?: string;
  readonly token?: string;
}

/** A form post as Twilio signs it. */
export function signedPost(
  path: string,
  form: Readonly<Record<string, string>>,
  { headers, signedFor = publicUrl + path, token = account.authToken }: SigningOptions = {},
) {
  const signature = getExpectedTwilioSignature(token, signedFor, { ...form });
  return {
    method: "POST",
    headers: { "X-Twilio-Signature": signature, ...headers },
    body: new URLSearchParams(form),
  };
}

/** A callback, with nothing but these fields. */
export function callBack(
  server: Pick<TestServer, "request">,
  path: string,
  form: Readonly<Record<string, string>>,
): Promise<Response> {
  return server.request(path, signedPost(path, form));
}

/** A webhook about an inbound call. */
export function twilioPost(
  server: Pick<TestServer, "request">,
  path: string,
  fields: Readonly<Record<string, string>> = {},
  options?: SigningOptions,
): Promise<Response> {
  const form = { CallSid: inboundSid, From: "+12025550123", To: account.number, ...fields };
  return server.request(path, signedPost(path, form, options));
}

/** The body of a webhook's answer. */
export async function twimlOf(answer: Promise<Response>): Promise<string> {
  return await (await answer).text();
}

/** The header with which Twilio opens a media socket. */
export function mediaSignature(
  { path = "/media", token = account.authToken } = {},
): Readonly<Record<"X-Twilio-Signature", string>> {
  const url = publicUrl.replace("http", "ws") + path;
  return { "X-Twilio-Signature": getExpectedTwilioSignature(token, url, {}) };
}
