import type { TransferEvent } from "../../call/transfer.ts";
import { present } from "../../utils/present.ts";
import type { AddressOf, PersonLeg } from "../spending.ts";
import type { TransferRecord } from "../store.ts";

interface Talk extends Pick<TransferRecord, "alias" | "target" | "spokeMs"> {
  readonly agent: string;
  /** Several people are asked at the same time. */
  readonly atOnce?: true;
  /** How long people were told of the caller, who did not hear it, by their place: they are called, and cost, all the same. */
  readonly asked: ReadonlyMap<number, number>;
  /** Since when each is on the line who is asked, in milliseconds since 1970. */
  readonly open: ReadonlyMap<number, number>;
}

/** Who is asked beside others may hang up unseen, and is hung up on by then. */
const MOST_ASKED_MS = 2 * 60_000;

/** With whom the caller has talked in the course of a call, and for how long. */
export class PersonTalks {
  /** By the number of the transfer. */
  readonly #talks = new Map<number, Talk>();

  /** Goes on from what is stored. */
  constructor(stored: readonly TransferRecord[] = []) {
    for (const transfer of stored) {
      const { number, alias, target, spokeMs, agent = "" } = transfer;
      const asked = new Map([[target ?? 0, askedMsOf(transfer)]]);
      this.#talks.set(number, {
        ...{ alias, agent, asked, open: new Map() },
        ...present({ target, spokeMs }),
      });
    }
  }

  /** `at` is in milliseconds since 1970. */
  follow(event: TransferEvent, agent: string, at: number): void {
    const { number, alias, step } = event;
    const talk: Talk = this.#talks.get(number) ??
      { alias, agent, asked: new Map(), open: new Map() };
    const target = "target" in event ? event.target : undefined;
    const spokeMs = step === "ended" ? event.spokeMs : undefined;
    const asked = new Map(talk.asked);
    const open = new Map(talk.open);
    for (const [place, since] of talk.open) {
      if (!isOverBy(event, talk, place)) continue;
      const most = talk.atOnce === true && place !== target ? MOST_ASKED_MS : Infinity;
      const ms = Math.min(most, Math.max(0, at - since));
      asked.set(place, (asked.get(place) ?? 0) + ms);
      open.delete(place);
    }
    if (step === "answered" && !open.has(event.target)) open.set(event.target, at);
    this.#talks.set(number, {
      ...talk,
      ...{ asked, open },
      ...present({ target, spokeMs }),
      ...(step === "requested" && event.atOnce === true && { atOnce: true }),
    });
  }

  /** All of it; undefined where nobody was to be put through. */
  get ms(): number | undefined {
    if (this.#talks.size === 0) return undefined;
    return this.#talks.values().reduce((sum, { spokeMs = 0 }) => sum + spokeMs, 0);
  }

  /** How long people were asked, each of them counted; undefined where nobody was. */
  get askedMs(): number | undefined {
    const ms = this.#talks.values().reduce((sum, { asked }) => sum + sumOf(asked), 0);
    return ms === 0 ? undefined : ms;
  }

  /** One for each person of each transfer: carriers bill each call by the minute begun. */
  legs(addressOf: AddressOf = () => undefined): readonly PersonLeg[] {
    return [...this.#talks.values()].flatMap(
      ({ agent, alias, target = 0, spokeMs = 0, asked }) => {
        const places = new Map(asked).set(target, (asked.get(target) ?? 0) + spokeMs);
        return [...places].flatMap(([place, ms]) =>
          ms === 0 ? [] : [{ ms, ...present({ number: addressOf(agent, alias, place) }) }]
        );
      },
    );
  }
}

/** Whether somebody who was asked is asked no more after this step. */
function isOverBy({ mode, ...event }: TransferEvent, { atOnce }: Talk, place: number): boolean {
  switch (event.step) {
    case "requested":
      return atOnce !== true && mode !== "cold";
    case "ringing":
    case "answered":
      return atOnce !== true && (mode !== "cold" || place !== event.target);
    case "accepted":
      return atOnce === true && place !== event.target;
    // A cold transfer that fails after the answer has met a machine.
    case "failed":
      return true;
    case "agent_absent":
      return false;
    case "connected":
    case "ended":
      return mode !== "cold";
  }
}

function sumOf(asked: ReadonlyMap<number, number>): number {
  return asked.values().reduce((sum, ms) => sum + ms, 0);
}

/** Of the last one who was asked. */
function askedMsOf({ mode, answeredAt, connectedAt, overAt, why }: TransferRecord): number {
  if (answeredAt === undefined) return 0;
  if (mode === "cold") return why === undefined ? 0 : Math.max(0, (overAt ?? 0) - answeredAt);
  return Math.max(0, (connectedAt ?? overAt ?? answeredAt) - answeredAt);
}
