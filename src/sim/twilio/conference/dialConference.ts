import type { ConferenceNoun } from "../twiml/dialTwiml.ts";
import type { TwimlCall } from "../twiml/twimlCall.ts";

/**
 * Has a call take part in the conference of its `<Dial>` until it is out again; rejects when the call is over or taken
 * elsewhere. The answer is what the `action` is told.
 */
export async function dialConference(
  call: TwimlCall,
  { name, options, callbacks }: ConferenceNoun,
  timeLimitSeconds: number | undefined,
  baseUrl: string,
): Promise<Readonly<Record<string, string>>> {
  if (name === "") {
    call.report(13210, "<Conference> has no name");
    return { DialCallStatus: "failed" };
  }
  const absolute = (url: string) => URL.parse(url, baseUrl)?.href ?? url;
  const { waitUrl } = options;
  const conference = call.exchange.conferences.open(name);
  const over = conference.join(
    call,
    { ...options, waitUrl: waitUrl === undefined || waitUrl === "" ? waitUrl : absolute(waitUrl) },
    callbacks && { ...callbacks, url: absolute(callbacks.url) },
  );
  const { clock } = call.context;
  const joinedAt = clock.now();
  const cancel = timeLimitSeconds === undefined ? () => {} : clock.at(
    joinedAt + timeLimitSeconds * 1_000,
    () => {
      const member = conference.member(call.sid);
      if (member !== undefined) conference.leave(member, "moderator_ended_conference");
    },
  );
  const reason = await over;
  cancel();
  call.signal.throwIfAborted();
  if (reason === "participant_add_failed") return { DialCallStatus: "failed" };
  return {
    DialCallStatus: "answered",
    ConferenceSid: conference.sid,
    DialCallDuration: String(Math.round((clock.now() - joinedAt) / 1_000)),
  };
}
