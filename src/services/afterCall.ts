import type { EndedCall } from "../call/callSession.ts";
import type { SpokenWords } from "./apology.ts";
import type { PhoneAnswer } from "./phoneTwiml.ts";

/** What the phone network is to do with a caller whose conversation is over. */
export function answerAfter(
  { request, end }: EndedCall,
  { transferNumber, apology, ownNumber }: {
    readonly transferNumber: (agent: string, alias: string) => string | undefined;
    readonly apology: (agent: string) => SpokenWords;
    readonly ownNumber: string;
  },
): PhoneAnswer {
  switch (end.reason) {
    case "transferred": {
      const number = transferNumber(request.agent, end.detail ?? "");
      if (number === undefined) return { do: "apologise", words: apology(request.agent) };
      // An inbound caller's own number may be shown on; anything else must be ours.
      const callerId = request.direction === "outbound" ? { callerId: ownNumber } : {};
      return { do: "dial", number, ...callerId };
    }
    case "model_failed":
    case "leg_failed":
    case "internal_error":
    case "server_stopped":
      return { do: "apologise", words: apology(request.agent) };
    default:
      return { do: "hangUp" };
  }
}
