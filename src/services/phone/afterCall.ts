import type { EndedCall } from "../../call/sessionApi.ts";
import { RecentIds } from "../../utils/recentIds.ts";
import { isPhoneNumber } from "../../utils/phoneNumber.ts";
import type { PhoneAnswer, SpokenMessage } from "../twilioOutbound.ts";
import type { Log } from "../../utils/logger.ts";
import { present } from "../../utils/present.ts";

export interface AfterCallDeps {
  /** The number behind an agent's alias, where it may be dialled now. */
  readonly transferNumber: (agent: string, alias: string) => Promise<string | undefined>;
  /** How long a transferred caller may talk on; absent means without limit. */
  readonly transferSeconds?: (callId: string) => Promise<number>;
  readonly apology: (agent: string) => SpokenMessage;
  /** What a caller hears whom nobody took after the agent. */
  readonly nobodyThere: (agent: string) => SpokenMessage;
  readonly ownNumber: string;
  readonly log: Pick<Log, "warn">;
}

/** What the phone network is to do with a caller whose conversation is over. */
export type AfterCall = (
  call: EndedCall,
  callSid: string,
  /** How the dial of a transfer came out, in the phone network's words; absent before there was one. */
  dialStatus?: string,
) => PhoneAnswer | Promise<PhoneAnswer>;

const MAX_DIALLED = 10_000;

export function createAfterCall(
  { transferNumber, transferSeconds, apology, nobodyThere, ownNumber, log }: AfterCallDeps,
): AfterCall {
  const dialled = new RecentIds(MAX_DIALLED);

  return function afterCall({ id, request, end }, callSid, dialStatus) {
    if (dialStatus !== undefined) return afterDial(id, request.agent, dialStatus);
    switch (end.reason) {
      case "transferred":
        return transfer(id, request, end.detail ?? "", callSid).catch((error): PhoneAnswer => {
          log.warn("Transfer not decided", { callId: id, error });
          return apologise(request.agent);
        });
      case "model_failed":
      case "leg_failed":
      case "internal_error":
      case "server_stopped":
        return apologise(request.agent);
      default:
        return { do: "hangUp" };
    }
  };

  /** Whoever has talked with a person, and stays on the line behind them, has nothing to wait for. */
  function afterDial(callId: string, agent: string, dialStatus: string): PhoneAnswer {
    if (dialStatus === "completed" || dialStatus === "answered") return { do: "hangUp" };
    log.warn("Transfer not taken", { callId, dialStatus });
    return { do: "hangUp", message: nobodyThere(agent) };
  }

  async function transfer(
    callId: string,
    request: EndedCall["request"],
    alias: string,
    callSid: string,
  ): Promise<PhoneAnswer> {
    // Asked again, the dial has come to its end: the same one would only ring the same phone again.
    if (dialled.has(callSid)) return apologise(request.agent);
    dialled.add(callSid);
    const number = await transferNumber(request.agent, alias);
    if (number === undefined) return apologise(request.agent);
    const timeLimitSeconds = await transferSeconds?.(callId);
    return {
      do: "dial",
      number,
      ...callerIdOf(request, ownNumber),
      ...present({ timeLimitSeconds }),
    };
  }

  function apologise(agent: string): PhoneAnswer {
    return { do: "hangUp", message: apology(agent) };
  }
}

/**
 * Whose number is shown to who takes a transfer. Twilio passes on an inbound caller's own number by
 * itself; it refuses (13214) to do so with the names of `sip:` and `client:` callers, with numbers that
 * are none, and with the far end of a call that was placed.
 */
function callerIdOf(
  { direction, caller, called }: EndedCall["request"],
  ownNumber: string,
): { readonly callerId?: string } {
  if (direction === "inbound" && caller !== undefined && isPhoneNumber(caller)) return {};
  const isPlaced = direction === "outbound" && called !== undefined && isPhoneNumber(called);
  return { callerId: isPlaced ? called : ownNumber };
}
