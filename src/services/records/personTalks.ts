import type { TransferEvent } from "../../call/transfer.ts";
import { present } from "../../utils/present.ts";
import type { AddressOf, PersonLeg } from "../spending.ts";
import type { TransferRecord } from "../store.ts";

interface Talk extends Pick<TransferRecord, "alias" | "target" | "spokeMs"> {
  readonly agent: string;
}

/** With whom the caller has talked in the course of a call, and for how long. */
export class PersonTalks {
  /** By the number of the transfer. */
  readonly #talks = new Map<number, Talk>();

  /** Goes on from what is stored. */
  constructor(stored: readonly TransferRecord[] = []) {
    for (const { number, alias, target, spokeMs, agent = "" } of stored) {
      this.#talks.set(number, { alias, agent, ...present({ target, spokeMs }) });
    }
  }

  follow(event: TransferEvent, agent: string): void {
    const { number, alias } = event;
    const talk = this.#talks.get(number) ?? { alias, agent };
    const target = "target" in event ? event.target : undefined;
    const spokeMs = event.step === "ended" ? event.spokeMs : undefined;
    this.#talks.set(number, { ...talk, ...present({ target, spokeMs }) });
  }

  /** All of it; undefined where nobody was to be put through. */
  get ms(): number | undefined {
    if (this.#talks.size === 0) return undefined;
    return this.#talks.values().reduce((sum, { spokeMs = 0 }) => sum + spokeMs, 0);
  }

  legs(addressOf: AddressOf = () => undefined): readonly PersonLeg[] {
    return [...this.#talks.values()].flatMap(({ agent, alias, target = 0, spokeMs = 0 }) =>
      spokeMs === 0
        ? []
        : [{ ms: spokeMs, ...present({ number: addressOf(agent, alias, target) }) }]
    );
  }
}
