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

export type RoomCalls = ReturnType<typeof createRoomCalls>;

/**
 * The agent as a third in the room of a caller and a person: a call of its own, from Twilio's application of this server,
 * whose media stream the session takes in the place of the caller's.
 */
export function createRoomCalls(deps: RoomCallsDeps) {
  const { conferences, tokens, ownNumber, publicUrl, now } = deps;
  const invited = new Map<string, CallSession>();
  const bySid = new Map<string, CallSession>();

  return {
    /** Calls the agent into a room; resolves with the SID of that call. Rejects with a `TwilioProblem`. */
    async join({ session, room, timeLimitSeconds }: Consult): Promise<string | undefined> {
      const voiceUrl = `${publicUrl}/twilio/conference`;
      const name = `Parley at ${hostOf(publicUrl)}`;
      const application = await conferences.application(name, voiceUrl);
      if (session.hasEnded) return undefined;
      const token = newToken();
      invited.set(token, session);
      session.ended.then(() => invited.delete(token));
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
    },
    /** What Twilio is to do with the agent's call. */
    arrive(token: string, callSid: string): PhoneAnswer {
      const session = invited.get(token);
      // Twilio may ask again for the same call, and nobody else may.
      if (session === undefined || (bySid.get(callSid) ?? session) !== session) {
        return { do: "hangUp" };
      }
      if (session.hasEnded || session.callSid === undefined) return { do: "hangUp" };
      bySid.set(callSid, session);
      invited.delete(token);
      session.ended.then(() => bySid.delete(callSid));
      return { do: "joinRoom", token: tokens.issue(callSid, now()) };
    },
    /** The session whose agent has that call. */
    sessionOf: (callSid: string): CallSession | undefined => bySid.get(callSid),
  };
}

function hostOf(url: string): string {
  return new URL(url).host;
}
