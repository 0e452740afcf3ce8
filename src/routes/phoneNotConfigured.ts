import { HttpProblem } from "./middleware/errors.ts";

/** The answer of every route that takes a phone, where none is set up. */
export function phoneNotConfigured(): HttpProblem {
  return new HttpProblem(
    503,
    "phone_not_configured",
    "The phone is not set up: TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_PHONE_NUMBER are missing.",
  );
}
