import type { CommandBuffer } from "../machine/commandBuffer.ts";
import type { HeardSpeech } from "./heardSpeech.ts";
import type { Transcript } from "../transcript/transcript.ts";
import type { Milliseconds } from "../types.ts";
import { type Cut, isHeardWhole } from "./spokenItems.ts";
import type { SpokenResponses } from "./spokenResponses.ts";
import type { Truncation } from "./truncation.ts";

/** How long a leg that reports positions may take to report where exactly it fell silent. */
const EXACT_POSITION_MS = 500;

/**
 * What the caller has cut off, until it is settled how much of it was heard.
 *
 * A leg that echoes marks cannot say where it stopped; the playout estimate is the best there is:
 *     interrupted -> clear -> settled at once -> truncate, transcript
 * A leg that reports positions answers `clear` with the exact place; the estimate counts if it does not:
 *     interrupted -> clear -> rendered (cleared) -> settled there       -> truncate, transcript
 *     interrupted -> clear -> nothing for 500 ms -> settled by estimate -> truncate, transcript
 * Anything that needs the order of requests (new speech, another interruption, the leg's or the call's
 * end) settles by the estimate first, so that a truncate never comes after what follows it. Hence
 * `AgentSpeech.stop` settles twice: what was still open before, and at its end, for a leg that echoes
 * marks or had nothing to clear, what it has just cut off.
 */
export class Interruption {
  readonly #commands: CommandBuffer;
  readonly #transcript: Transcript;
  readonly #responses: SpokenResponses;
  readonly #truncation: Truncation;
  readonly #heard: Pick<HeardSpeech, "settle">;
  #cuts: readonly Cut[] = [];
  #dueAt: Milliseconds | undefined;
  #cutAt: Milliseconds = 0;

  constructor(
    commands: CommandBuffer,
    transcript: Transcript,
    heard: Pick<HeardSpeech, "settle">,
    { responses, truncation }: {
      readonly responses: SpokenResponses;
      readonly truncation: Truncation;
    },
  ) {
    this.#commands = commands;
    this.#transcript = transcript;
    this.#responses = responses;
    this.#truncation = truncation;
    this.#heard = heard;
  }

  /** When it is settled by the estimate. Undefined where nothing is open. */
  get dueAt(): Milliseconds | undefined {
    return this.#dueAt;
  }

  /** `cutAt` is when the agent fell silent. */
  begin(cuts: readonly Cut[], now: Milliseconds, cutAt: Milliseconds): void {
    this.#cuts = cuts;
    this.#dueAt = now + EXACT_POSITION_MS;
    this.#cutAt = cutAt;
  }

  /** Has the model forget what was cut off, at the exact place if the leg has reported it. */
  settle(exact?: { readonly itemId: string; readonly ms: Milliseconds }): void {
    if (this.#dueAt === undefined) return;
    const known = exact === undefined ? this.#cuts : exactCuts(this.#cuts, exact.itemId, exact.ms);
    this.#cuts = [];
    this.#dueAt = undefined;
    const cuts = this.#withoutWhole(known, this.#cutAt);
    const ofModel = cuts.filter(({ responseId }) =>
      !this.#responses.isAside(responseId) && !this.#responses.isSaid(responseId)
    );
    this.#truncation.cutOff(ofModel, this.#responses.activeId);
    for (const cut of cuts) {
      this.#record(cut, this.#cutAt);
      if (!this.#responses.isSaid(cut.responseId)) continue;
      const { itemId } = cut;
      this.#commands.request({
        type: "said",
        itemId,
        text: this.#transcript.agent.saidText(itemId),
      });
    }
  }

  /** The call is over, and nobody else need know what it cut off. */
  close(cuts: readonly Cut[], now: Milliseconds): void {
    for (const cut of this.#withoutWhole(cuts, now)) this.#record(cut, now);
  }

  /** Tells what was heard; returns what was not heard to its end. */
  #withoutWhole(known: readonly Cut[], cutAt: Milliseconds): readonly Cut[] {
    const cuts = known.filter((cut) => !isHeardWhole(cut));
    this.#heard.settle(cuts);
    for (const cut of known) if (isHeardWhole(cut)) this.#transcript.agent.heard(cut, cutAt);
    return cuts;
  }

  #record({ itemId, heardMs, producedMs, complete }: Cut, cutAt: Milliseconds): void {
    this.#commands.publish({ type: "interrupted", itemId, heardMs: Math.round(heardMs) });
    this.#transcript.agent.cut(itemId, heardMs, producedMs, complete, cutAt);
  }
}

/** Before the item where the leg fell silent everything was heard, behind it nothing. */
function exactCuts(cuts: readonly Cut[], itemId: string, ms: Milliseconds): readonly Cut[] {
  // Not found: the leg was still at an earlier item, which had been heard whole.
  const at = cuts.findIndex((cut) => cut.itemId === itemId);
  return cuts.map((cut, index) => {
    if (index < at) return { ...cut, heardMs: cut.producedMs };
    return { ...cut, heardMs: index > at ? 0 : Math.min(Math.max(ms, 0), cut.sentMs) };
  });
}
