import {
  createPhoneNetwork,
  type NumberPlan,
  startTwilioApi,
} from "../../../src/sim/twilio/phoneNetwork.ts";
import type { Voice } from "../../../src/sim/voice/voice.ts";
import { freePort } from "../servers/freePort.ts";

export const ACCOUNT = {
  accountSid: `AC${"a1".repeat(16)}`,
  authToken: "5".repeat(32),
  number: "+12025550100",
};
const PUBLIC_URL = "https://parley.example";

/** A Twilio for numbers that are called, and the settings of whoever calls them. */
export function startTwilio(plan: NumberPlan = { answer: "human" }, voice?: Voice) {
  const port = freePort();
  const origin = `http://127.0.0.1:${port}`;
  const network = createPhoneNetwork({
    account: ACCOUNT,
    publicUrl: PUBLIC_URL,
    baseUrl: origin,
    otherNumbers: plan,
    voice,
  });
  const api = startTwilioApi(network);
  return {
    ...{ network, api, origin },
    environment: {
      PORT: String(port),
      PUBLIC_URL,
      TWILIO_ACCOUNT_SID: ACCOUNT.accountSid,
      TWILIO_AUTH_TOKEN: ACCOUNT.authToken,
      TWILIO_PHONE_NUMBER: ACCOUNT.number,
      TWILIO_API_URL: api.url,
      API_KEYS: "ops:a-secret-of-sixteen-or-more",
      OPENAI_API_KEY: "rehearsal",
      DATABASE_URL: "sqlite::memory:",
    },
    async [Symbol.asyncDispose]() {
      await network.close();
      await api.close();
    },
  };
}
