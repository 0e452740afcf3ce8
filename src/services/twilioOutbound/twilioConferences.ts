import type { PhoneSettings } from "../../config/settings.ts";
import { isRecord } from "../../utils/isRecord.ts";
import { isCallSid } from "./twilioCall.ts";
import { TwilioProblem } from "./twilioProblem.ts";
import {
  createTwilioRequest,
  type TwilioAccount,
  type TwilioRequestOptions,
} from "./twilioRequest.ts";

/** An application of this server that is to take part in a conference. */
export interface NewParticipant {
  /** The name of the conference. */
  readonly conference: string;
  /** A number of the account. */
  readonly from: string;
  /** The application's SID, and what its voice URL is told. */
  readonly application: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly label: string;
  readonly timeLimitSeconds: number;
}

/** Twilio's REST API of conferences. Every method rejects with a `TwilioProblem` where Twilio refuses or fails. */
export type TwilioConferences = ReturnType<typeof createTwilioConferences>;

/** Creates the client of one account. */
export function createTwilioConferences(
  { apiUrl, ...account }: TwilioAccount & Pick<PhoneSettings, "apiUrl">,
  options: TwilioRequestOptions = {},
) {
  const base = `${apiUrl}/2010-04-01/Accounts/${account.accountSid}`;
  const request = createTwilioRequest(account, options);
  const applications = new Map<string, Promise<string>>();

  return {
    /** Calls an application of this server into a conference; resolves with the SID of its call. */
    async addApplication(participant: NewParticipant): Promise<string> {
      const { conference, from, application, parameters, label, timeLimitSeconds } = participant;
      const form = new URLSearchParams({
        From: from,
        To: `app:${application}?${new URLSearchParams(parameters)}`,
        Label: label,
        Beep: "false",
        StartConferenceOnEnter: "true",
        EndConferenceOnExit: "false",
        JitterBufferSize: "small",
        TimeLimit: String(timeLimitSeconds),
      });
      const url = `${base}/Conferences/${encodeURIComponent(conference)}/Participants.json`;
      const body = await request(url, form, { creates: true });
      const sid = isRecord(body) ? body["call_sid"] : undefined;
      if (typeof sid === "string" && isCallSid(sid)) return sid;
      throw new TwilioProblem(504, "outcome_unknown", "Twilio's answer cannot be read.");
    },
    /** Whether a call is in a conference that is under way. */
    async isIn(conference: string, callSid: string): Promise<boolean> {
      const path = `Conferences/${encodeURIComponent(conference)}/Participants/${callSid}.json`;
      try {
        await request(`${base}/${path}`);
        return true;
      } catch (error) {
        if (error instanceof TwilioProblem && error.code === "unknown_call") return false;
        throw error;
      }
    },
    /** Whether a call is in a conference that is under way, and is not alone there. */
    async isAccompanied(conference: string, callSid: string): Promise<boolean> {
      const path = `Conferences/${encodeURIComponent(conference)}/Participants.json?PageSize=20`;
      try {
        const sids = participantsIn(await request(`${base}/${path}`));
        return sids.length > 1 && sids.includes(callSid);
      } catch (error) {
        if (error instanceof TwilioProblem && error.code === "unknown_call") return false;
        throw error;
      }
    },
    /** Has the conference end when that participant leaves it. */
    async endsWith(conference: string, callSid: string): Promise<void> {
      const path = `Conferences/${encodeURIComponent(conference)}/Participants/${callSid}.json`;
      await request(`${base}/${path}`, new URLSearchParams({ EndConferenceOnExit: "true" }));
    },
    /**
     * The SID of the account's application of that name, whose calls ask `voiceUrl`; made or changed where it has
     * to be. Asked for once, and again where the `lost` one is not there any more.
     */
    async application(name: string, voiceUrl: string, lost?: string): Promise<string> {
      const key = `${name} ${voiceUrl}`;
      const before = applications.get(key);
      if (lost !== undefined && await before?.catch(() => undefined) === lost) {
        if (applications.get(key) === before) applications.delete(key);
      }
      const known = applications.get(key) ?? findApplication(name, voiceUrl);
      applications.set(key, known);
      known.catch(() => applications.get(key) === known && applications.delete(key));
      return await known;
    },
  };

  async function findApplication(name: string, voiceUrl: string): Promise<string> {
    const query = new URLSearchParams({ FriendlyName: name, PageSize: "1" });
    const list = await request(`${base}/Applications.json?${query}`);
    const found = isRecord(list) && Array.isArray(list["applications"])
      ? list["applications"][0]
      : undefined;
    if (isRecord(found) && found["voice_url"] === voiceUrl && found["voice_method"] === "POST") {
      return sidIn(found);
    }
    const form = new URLSearchParams({
      FriendlyName: name,
      VoiceUrl: voiceUrl,
      VoiceMethod: "POST",
    });
    const path = found === undefined ? "Applications" : `Applications/${sidIn(found)}`;
    return sidIn(await request(`${base}/${path}.json`, form));
  }
}

/** The SIDs of their calls. */
function participantsIn(body: unknown): readonly unknown[] {
  const list = isRecord(body) ? body["participants"] : undefined;
  if (Array.isArray(list)) return list.map((one) => isRecord(one) ? one["call_sid"] : undefined);
  throw new TwilioProblem(502, "provider_failed", "Twilio's answer cannot be read.");
}

function sidIn(application: unknown): string {
  const sid = isRecord(application) ? application["sid"] : undefined;
  if (typeof sid === "string" && /^AP[0-9a-f]{32}$/i.test(sid)) return sid;
  throw new TwilioProblem(502, "provider_failed", "Twilio's answer cannot be read.");
}
