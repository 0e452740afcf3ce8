import { problemOf } from "../problemOf.ts";
import { heardSaying, type PhoneRig, type Talk } from "./phoneRig.ts";

/** What several tests do with the calls of a rig. */

/** A call whose caller has heard the greeting "Good day." */
export async function greeted(rig: PhoneRig, from?: string): Promise<Talk> {
  const talk = await rig.ring(from === undefined ? {} : { from });
  await heardSaying(rig, talk.callId, /^Good day\.$/);
  return talk;
}

/** The model gets it as what the caller has written. */
export function typed(rig: PhoneRig, { callId }: Talk, text: string): void {
  rig.server.app.registry.get(callId)?.input({ type: "typed", text });
}

/** An operator acts on the call; 202, or the status and the code of the refusal. */
export async function act(rig: PhoneRig, { callId }: Talk, action: object): Promise<unknown> {
  const answer = await rig.server.post(`/api/calls/${callId}/actions`, action);
  if (answer.status !== 202) return await problemOf(answer);
  await answer.body?.cancel();
  return 202;
}
