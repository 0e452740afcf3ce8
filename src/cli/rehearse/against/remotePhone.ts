import type { Environment } from "../../../config/settingReader.ts";
import type { PhoneAccount } from "../../../sim/twilio/phoneNetwork.ts";
import { signRequest } from "../../../sim/twilio/api/signature.ts";
import { isLoopback } from "../../../utils/http/loopback.ts";
import type { RemoteRequest } from "./remoteRequest.ts";

/** How a server is called by a simulated Twilio: as it was set up for one. */
export interface PhoneOfServer {
  readonly account: PhoneAccount;
  readonly publicUrl: string;
  /** Where the server asks Twilio's API, on this machine. */
  readonly apiPort: number;
}

/** Scenarios of the phone, or why they cannot be acted out. */
export type RemotePhone = PhoneOfServer | { readonly missing: string };

const SIMULATED =
  "takes the server's settings for a simulated Twilio in .env here (docs/phone-simulator.md)";

/** Finds out whether a server takes calls of a simulated Twilio; asks it once. */
export async function phoneOfServer(
  environment: Environment,
  request: RemoteRequest,
): Promise<RemotePhone> {
  const setting = (name: string) => environment[name]?.trim() ?? "";
  const [accountSid, authToken, number, publicUrl, apiUrl] = [
    setting("TWILIO_ACCOUNT_SID"),
    setting("TWILIO_AUTH_TOKEN"),
    setting("TWILIO_PHONE_NUMBER"),
    setting("PUBLIC_URL"),
    setting("TWILIO_API_URL"),
  ];
  if ([accountSid, authToken, number, publicUrl, apiUrl].includes("")) {
    return { missing: `a phone call ${SIMULATED}` };
  }
  const api = URL.parse(apiUrl);
  const origin = URL.parse(publicUrl)?.origin;
  if (api === null || origin === undefined || !isLoopback(api.hostname)) {
    return { missing: `TWILIO_API_URL is not on this machine: a phone call ${SIMULATED}` };
  }
  const status = await probe(request, authToken, origin);
  if (status === 503) return { missing: "the server has no phone" };
  if (status !== 204) {
    return {
      missing:
        `the server refuses what is signed with TWILIO_AUTH_TOKEN for PUBLIC_URL (${status}): it must have those of .env here`,
    };
  }
  const [sid, secret] = [setting("TWILIO_API_KEY_SID"), setting("TWILIO_API_KEY_SECRET")];
  return {
    account: {
      ...{ accountSid, authToken, number },
      ...(sid !== "" && secret !== "" && { apiKeySid: sid, apiKeySecret: secret }),
    },
    publicUrl: origin,
    apiPort: Number(api.port === "" ? api.protocol === "https:" ? 443 : 80 : api.port),
  };
}

/** A signed webhook that changes nothing. */
async function probe(
  request: RemoteRequest,
  authToken: string,
  publicUrl: string,
): Promise<number> {
  const path = "/twilio/stream";
  const form = { CallSid: `CA${"0".repeat(32)}` };
  const answer = await request(path, {
    method: "POST",
    headers: {
      "x-twilio-signature": signRequest(authToken, publicUrl + path, Object.entries(form)),
    },
    body: new URLSearchParams(form),
  });
  await answer.body?.cancel();
  return answer.status;
}
