import type { TransferEvent } from "../../call/transfer.ts";
import { present } from "../../utils/present.ts";
import type { AddressOf, PersonLeg } from "../spending.ts";
import type { TransferRecord } from "../store.ts";

interface Talk extends Pick<TransferRecord, "alias" | "target" | "spokeMs"> {
  readonly agent: string;
  /** How long people were told of the caller, who did not hear it: they are called, and cost, all the same. */
  readonly askedMs?: number;
  readonly answeredAt?: number | undefined;
}

/** With whom the caller has talked in the course of a call, and for how long. */
export class PersonTalks {
  /** By the number of the transfer. */
  readonly #talks = new Map<number, Talk>();

  /** Goes on from what is stored. */
  constructor(stored: readonly TransferRecord[] = []) {
    for (const transfer of stored) {
      const { number, alias, target, spokeMs, agent = "" } = transfer;
      const askedMs = askedMsOf(transfer);
      this.#talks.set(number, { alias, agent, askedMs, ...present({ target, spokeMs }) });
    }
  }

  /** `at` is in milliseconds since 1970. */
  follow(event: TransferEvent, agent: string, at: number): void {
    const { number, alias, step, mode } = event;
    const { answeredAt, ...talk }: Talk = this.#talks.get(number) ?? { alias, agent };
    const target = "target" in event ? event.target : undefined;
    const spokeMs = step === "ended" ? event.spokeMs : undefined;
    // A cold transfer that fails after the answer has met a machine.
    const isOpen = mode === "cold" ? step === "failed" : step !== "accepted";
    const isAsked = isOpen && answeredAt !== undefined;
    this.#talks.set(number, {
      ...talk,
      ...present({ target, spokeMs }),
      ...(isAsked && { askedMs: (talk.askedMs ?? 0) + Math.max(0, at - answeredAt) }),
      ...(!isAsked && { answeredAt }),
      ...(step === "answered" && { answeredAt: at }),
    });
  }

  /** All of it; undefined where nobody was to be put through. */
  get ms(): number | undefined {
    if (this.#talks.size === 0) return undefined;
    return this.#talks.values().reduce((sum, { spokeMs = 0 }) => sum + spokeMs, 0);
  }

  legs(addressOf: AddressOf = () => undefined): readonly PersonLeg[] {
    return [...this.#talks.values()].flatMap((talk) => {
      const { agent, alias, target = 0, spokeMs = 0, askedMs = 0 } = talk;
      const ms = spokeMs + askedMs;
      return ms === 0 ? [] : [{ ms, ...present({ number: addressOf(agent, alias, target) }) }];
    });
  }
}

/** Of the last one who was asked. */
function askedMsOf({ mode, answeredAt, connectedAt, overAt, why }: TransferRecord): number {
  if (answeredAt === undefined) return 0;
  if (mode === "cold") return why === undefined ? 0 : Math.max(0, (overAt ?? 0) - answeredAt);
  return Math.max(0, (connectedAt ?? overAt ?? answeredAt) - answeredAt);
}
