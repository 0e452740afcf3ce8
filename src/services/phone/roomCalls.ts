import type { CallSession } from "../../call/sessionApi.ts";
import { newToken } from "../../utils/ids.ts";
import { type PhoneAnswer, type TwilioConferences, TwilioProblem } from "../twilioOutbound.ts";
import type { Consult } from "./consult.ts";
import type { StreamTokens } from "./streamAdmission.ts";

export interface RoomCallsDeps {
  readonly conferences: Pick<TwilioConferences, "application" | "addApplication">;
  readonly tokens: Pick<StreamTokens, "issue">;
  readonly ownNumber: string;
  readonly publicUrl: string;
  /** Monotonic. */
  readonly now: () => number;
}

/**
 * The agent as a third in the room of a caller and a person: a call of its own, from Twilio's application of this server,
 * whose media stream the session takes in the place of the caller's.
 */
export function createRoomCalls(deps: RoomCallsDeps) {
  const { conferences, tokens, ownNumber, publicUrl, now } = deps;
  const invited = new Map<string, Invitation>();
  const bySid = new Map<string, CallSession>();

  return {
    /**
     * Calls the agent into a room; resolves with the SID of that call, from Twilio's answer or from the call itself,
     * whichever comes first. Rejects with a `TwilioProblem`: then the agent does not come later either.
     */
    async join(consult: Consult): Promise<string | undefined> {
      const { session } = consult;
      const token = newToken();
      const arrival = Promise.withResolvers<string>();
      invited.set(token, { session, onArrival: arrival.resolve });
      session.ended.then(() => invited.delete(token));
      try {
        return await Promise.race([arrival.promise, invite(consult, token)]);
      } catch (error) {
        invited.delete(token);
        throw error;
      }
    },
    /** What Twilio is to do with the agent's call. */
    arrive(token: string, callSid: string): PhoneAnswer {
      const invitation = invited.get(token);
      if (invitation === undefined) return { do: "hangUp" };
      const { session, onArrival } = invitation;
      if ((bySid.get(callSid) ?? session) !== session) return { do: "hangUp" };
      if (session.hasEnded || session.callSid === undefined) return { do: "hangUp" };
      bySid.set(callSid, session);
      invited.delete(token);
      session.ended.then(() => bySid.delete(callSid));
      onArrival(callSid);
      return { do: "joinRoom", token: tokens.issue(callSid, now()) };
    },
    /** The session whose agent has that call. */
    sessionOf: (callSid: string): CallSession | undefined => bySid.get(callSid),
  };

  async function invite(
    { session, room, timeLimitSeconds }: Consult,
    token: string,
  ): Promise<string | undefined> {
    const voiceUrl = `${publicUrl}/twilio/conference`;
    const name = `Parley at ${hostOf(publicUrl)}`;
    const application = await conferences.application(name, voiceUrl);
    if (session.hasEnded) return undefined;
    const participant = {
      conference: room,
      from: ownNumber,
      parameters: { token },
      label: "agent",
      timeLimitSeconds,
    };
    try {
      return await conferences.addApplication({ ...participant, application });
    } catch (error) {
      if (!(error instanceof TwilioProblem) || error.code === "outcome_unknown") throw error;
      // Somebody may have deleted it.
      const again = await conferences.application(name, voiceUrl, application);
      if (again === application) throw error;
      if (session.hasEnded) return undefined;
      return await conferences.addApplication({ ...participant, application: again });
    }
  }
}

interface Invitation {
  readonly session: CallSession;
  readonly onArrival: (callSid: string) => void;
}

function hostOf(url: string): string {
  return new URL(url).host;
}
