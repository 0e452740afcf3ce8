import { Buffer } from "node:buffer";
import { timingSafeEqual } from "node:crypto";
import {
  getExpectedTwilioSignature,
  validateRequest,
  validateRequestWithBody,
} from "twilio/lib/webhooks/webhooks.js";

/** What the signature of a Twilio request is checked against. */
interface TwilioRequest {
  /** The account's primary token, or several while one is replaced; empty ones never match. */
  readonly authToken: string | readonly string[];
  /** The header `X-Twilio-Signature`. */
  readonly signature: string | null | undefined;
  /** The origin in the URLs given to Twilio: from the settings, never from the request. */
  readonly publicUrl: string;
  /** Path and query of the request line. */
  readonly pathAndQuery: string;
}

/** Whether Twilio signed a form post; all fields received count. A GET has no params. */
export function validateTwilioForm(
  { params, ...request }: TwilioRequest & { readonly params: URLSearchParams },
): boolean {
  const fields = fieldsOf(params);
  return someToken(
    request,
    (token, signature) => validateRequest(token, signature, httpUrl(request), fields),
  );
}

/** Whether Twilio signed a JSON post; the query carries the hash of the exact body. */
export function validateTwilioJson(
  { body, ...request }: TwilioRequest & { readonly body: string },
): boolean {
  return someToken(
    request,
    (token, signature) => validateRequestWithBody(token, signature, httpUrl(request), body),
  );
}

/**
 * Whether Twilio signed a WebSocket's handshake.
 *
 * Twilio signs the URL as TwiML contains it, which the handshake does not reveal completely: so wss and
 * https are tried, with and without the port, with and without a slash at the path's end.
 */
export function validateTwilioSocket(request: TwilioRequest): boolean {
  return someToken(request, (token, signature) => {
    const presented = Buffer.from(signature);
    return socketUrls(request).some((url) => {
      const expected = Buffer.from(getExpectedTwilioSignature(token, url, {}));
      return presented.length === expected.length && timingSafeEqual(presented, expected);
    });
  });
}

/** The signature by which Twilio would sign a request to this URL, with these fields of a form. */
export function twilioSignature(
  authToken: string,
  url: string,
  fields: Readonly<Record<string, string>>,
): string {
  return getExpectedTwilioSignature(authToken, url, { ...fields });
}

/** The length of an HMAC-SHA1 in base64. */
const SIGNATURE_LENGTH = 28;

function someToken(
  { authToken, signature }: TwilioRequest,
  matches: (token: string, signature: string) => boolean,
): boolean {
  if (signature?.length !== SIGNATURE_LENGTH) return false;
  const tokens = typeof authToken === "string" ? [authToken] : authToken;
  try {
    return tokens.some((token) => token !== "" && matches(token, signature));
  } catch {
    // A URL that does not parse cannot have been signed.
    return false;
  }
}

function httpUrl({ publicUrl, pathAndQuery }: TwilioRequest): string {
  return new URL(publicUrl).origin + pathAndQuery;
}

function socketUrls({ publicUrl, pathAndQuery }: TwilioRequest): readonly string[] {
  const { protocol, hostname, port } = new URL(publicUrl);
  const secure = protocol === "https:" || protocol === "wss:";
  const schemes = secure ? ["wss", "https"] : ["ws", "http"];
  const ports = new Set(["", secure ? ":443" : ":80", port === "" ? "" : `:${port}`]);
  return schemes.flatMap((scheme) =>
    [...ports].flatMap((suffix) =>
      withAndWithoutSlash(pathAndQuery).map((path) => `${scheme}://${hostname}${suffix}${path}`)
    )
  );
}

function withAndWithoutSlash(pathAndQuery: string): readonly string[] {
  const queryStart = pathAndQuery.indexOf("?");
  const end = queryStart < 0 ? pathAndQuery.length : queryStart;
  const bare = pathAndQuery.slice(0, end).replace(/\/$/, "");
  const query = pathAndQuery.slice(end);
  return [`${bare}${query}`, `${bare}/${query}`];
}

/** Repeated fields become lists; without a prototype, so that no field name is special. */
function fieldsOf(params: URLSearchParams): Record<string, string | string[]> {
  const fields: Record<string, string | string[]> = Object.create(null);
  for (const key of new Set(params.keys())) {
    const [first = "", ...others] = params.getAll(key);
    fields[key] = others.length === 0 ? first : [first, ...others];
  }
  return fields;
}
