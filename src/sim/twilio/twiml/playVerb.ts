import type { VerbOf } from "./twiml.ts";
import type { TwimlCall } from "./twimlCall.ts";
import { verbSound } from "./verbSound.ts";

/** Plays a `<Say>`, `<Play>` or `<Pause>` to the person. */
export async function playVerb(
  call: TwimlCall,
  verb: VerbOf<"say"> | VerbOf<"play"> | VerbOf<"pause">,
  baseUrl: string,
  signal = call.signal,
): Promise<void> {
  if (verb.verb === "say") {
    const { verb: _, loop: __, ...said } = verb;
    call.emit({ type: "said", ...said });
  }
  if (verb.verb === "play") {
    call.emit({ type: "played", url: verb.url, digits: verb.digits ?? "" });
  }
  await call.play(await verbSound(call.context, verb, baseUrl, signal), signal);
}
