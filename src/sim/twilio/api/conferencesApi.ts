import type { Conference } from "../conference/conference.ts";
import type { Member } from "../conference/member.ts";
import { type ApiAnswer, found, gone, notFound, refused } from "./apiAnswer.ts";
import { rfc2822 } from "./callFacts.ts";
import { refuse } from "./createForm.ts";
import { readFlag, readMethod } from "./formReader.ts";
import type { ParticipantsNetwork } from "./participantForm.ts";
import { createParticipant, participantResource } from "./participantForm.ts";

/** Creates the part of the API that answers requests for `Conferences`. */
export function createConferencesApi(network: ParticipantsNetwork) {
  const { accountSid } = network.context.account;

  function resource(conference: Conference) {
    const { sid, name, status, createdAt, ended } = conference;
    const uri = `/2010-04-01/Accounts/${accountSid}/Conferences/${sid}`;
    return {
      sid,
      account_sid: accountSid,
      api_version: "2010-04-01",
      friendly_name: name,
      status,
      region: "us1",
      reason_conference_ended: ended?.reason ?? null,
      call_sid_ending_conference: ended?.bySid ?? null,
      date_created: rfc2822(createdAt),
      date_updated: rfc2822(new Date()),
      uri: `${uri}.json`,
      subresource_uris: {
        participants: `${uri}/Participants.json`,
        recordings: `${uri}/Recordings.json`,
      },
    };
  }

  /** Answers a request; `path` is what follows the account, such as `Conferences.json`. */
  function handle(
    method: string,
    path: string,
    query: URLSearchParams,
    form: URLSearchParams,
  ): ApiAnswer {
    if (path === "Conferences.json" && method === "GET") return list(query);
    const named = /^Conferences\/([^/]+?)(?:\/Participants(?:\/([^/]+?))?)?\.json$/.exec(path);
    const [, name, who] = named ?? [];
    if (name === undefined) return notFound(path);
    const conferenceName = decodeURIComponent(name);
    const isList = who === undefined && path.endsWith("/Participants.json");
    if (isList && method === "POST") return createParticipant(network, conferenceName, form);
    const conference = network.conferences.find(conferenceName);
    if (conference === undefined) return notFound(path);
    if (isList) {
      const participants = conference.members.map((member) =>
        participantResource(network, conference, member)
      );
      return found({ participants, page: 0, next_page_uri: null });
    }
    if (who === undefined) {
      return method === "POST" ? change(conference, form) : found(resource(conference));
    }
    const member = conference.member(decodeURIComponent(who));
    if (member === undefined || conference.status === "completed") return notFound(path);
    if (method === "DELETE") {
      conference.leave(member, "moderator_ended_conference", true);
      return gone;
    }
    if (method === "POST") changeMember(conference, member, form);
    return found(participantResource(network, conference, member));
  }

  function list(query: URLSearchParams): ApiAnswer {
    const wanted = (name: string, value: string) => (query.get(name) ?? value) === value;
    const conferences = network.conferences.all.toReversed().filter(({ name, status }) =>
      wanted("FriendlyName", name) && wanted("Status", status)
    );
    return found({ conferences: conferences.map(resource), page: 0, next_page_uri: null });
  }

  function change(conference: Conference, form: URLSearchParams): ApiAnswer {
    const status = form.get("Status");
    const announce = form.get("AnnounceUrl");
    if (status !== null && status !== "completed") {
      return refused(refuse(20001, `Status "${status}" cannot be set`));
    }
    if (conference.status === "completed") return notFound(conference.sid);
    if (status !== null) conference.end("conference-ended-via-api");
    else if (announce !== null) {
      void conference.announce(sourceOf(conference, form, "Announce", "POST"));
    } else return refused(refuse(20001, "Nothing to update"));
    return found(resource(conference));
  }

  function changeMember(conference: Conference, member: Member, form: URLSearchParams): void {
    if (form.has("AnnounceUrl")) {
      void conference.announce(sourceOf(conference, form, "Announce", "POST"), member);
    }
    const coach = form.get("CallSidToCoach") ?? member.options.coach;
    const isCoaching = readFlag(form, "Coaching");
    const { muted, hold, endOnExit } = member.options;
    const isChanged = ["Muted", "Hold", "EndConferenceOnExit", "Coaching", "CallSidToCoach"]
      .some((name) => form.has(name));
    if (!isChanged) return;
    conference.change(member, {
      muted: readFlag(form, "Muted") ?? muted,
      hold: readFlag(form, "Hold") ?? hold,
      endOnExit: readFlag(form, "EndConferenceOnExit") ?? endOnExit,
      coach: isCoaching === false ? undefined : coach,
    }, form.has("HoldUrl") ? sourceOf(conference, form, "Hold", "GET") : undefined);
  }

  function sourceOf(
    { sid, name }: Conference,
    form: URLSearchParams,
    prefix: "Announce" | "Hold",
    otherwise: "GET" | "POST",
  ) {
    const url = form.get(`${prefix}Url`) ?? "";
    const params = { AccountSid: accountSid, ConferenceSid: sid, FriendlyName: name };
    return { url, method: readMethod(form, `${prefix}Method`, otherwise), params };
  }

  return { handle };
}
