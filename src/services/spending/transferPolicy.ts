import type { TransferFailure } from "../../call/transfer.ts";
import type { Agent, AgentSet } from "../../config/agents.ts";
import { isOpen } from "../../config/isOpen.ts";
import type { Transfer, TransferTarget } from "../../config/transferSchema.ts";
import type { Clock } from "../../utils/clock.ts";
import type { Log } from "../../utils/logger.ts";
import { isPhoneNumber } from "../../utils/phoneNumber.ts";
import type { DialPolicy } from "./dialPolicy.ts";
import type { DialRefusal } from "./dialRefusal.ts";
import type { TransferDials } from "./transferDials.ts";

export interface TransferPolicyDeps extends Pick<Clock, "now"> {
  readonly policy: () => Promise<DialPolicy>;
  /** Without a phone nothing is dialled. */
  readonly hasPhone: boolean;
  /** Hosts of SIP addresses that may be called, in lower case. */
  readonly sipHosts: readonly string[];
  readonly dials: TransferDials;
  readonly log: Pick<Log, "warn">;
}

/** The part of an agent's definition that says where its calls may go; of an unknown agent nothing. */
export type Transferring = Pick<Agent, "transfers" | "timezone"> | undefined;

/** The number or SIP address behind a transfer of an agent, by its name. */
export type AddressOf = (agent: string, alias: string, target?: number) => string | undefined;

/** Whom a transfer calls, with its place in the transfer's list. */
export type AllowedTarget = TransferTarget & { readonly index: number };

export interface TransferRefusal {
  readonly code: DialRefusal["code"] | "closed" | "limit" | "sip_not_allowed" | "unknown_transfer";
  readonly sentence: string;
}

export type TransferDecision =
  | {
    readonly ok: true;
    readonly transfer: Transfer;
    /** Those that may be called now; at least one. */
    readonly targets: readonly AllowedTarget[];
  }
  | ({ readonly ok: false } & TransferRefusal);

/** As for an alias that does not say. */
const RING_SECONDS = 20;

/** Whom agents may transfer callers to, by the rules of `DialPolicy` and the hours of the transfer. */
export type TransferPolicy = ReturnType<typeof createTransferPolicy>;

export function createTransferPolicy(
  { policy, hasPhone, sipHosts, dials, now, log }: TransferPolicyDeps,
) {
  const checked = new WeakSet<Agent>();
  return {
    /** Whether the agent may transfer to the alias now, and whom that calls. */
    decide,
    /** The number or SIP address of a target, allowed or not; undefined where there is none. */
    addressOf(agent: Transferring, alias: string, index = 0): string | undefined {
      const target = transferOf(agent, alias)?.targets[index];
      return target === undefined ? undefined : addressOf(target);
    },
    /** Those of the targets that may be called by the limits of people called; counts them as called. */
    async take(
      callId: string,
      targets: readonly AllowedTarget[],
    ): Promise<readonly AllowedTarget[]> {
      return targets.slice(0, await dials.take(callId, targets.length));
    },
    /** Why the agent may not transfer this call to one of its aliases now. */
    async refusalOf(
      agent: Transferring,
      alias: string,
      callId: string,
    ): Promise<TransferRefusal | undefined> {
      return isPhoneNumber(alias) ? unknownAlias : await refusalOfAny(agent, alias, callId);
    },
    /** Why an operator may not transfer this call to a number now. */
    refusalOfNumber: (number: string, callId: string): Promise<TransferRefusal | undefined> =>
      refusalOfAny(undefined, number, callId),
    /** Warns of targets that will never be called, once for each definition of an agent. */
    async check(agents: Pick<AgentSet, "names" | "get">): Promise<void> {
      if (!hasPhone) return;
      for (const agent of agents.names) {
        const definition = agents.get(agent);
        if (definition === undefined || checked.has(definition)) continue;
        checked.add(definition);
        for (const [alias, { targets }] of Object.entries(definition.transfers)) {
          for (const [at, target] of targets.entries()) {
            const refusal = await refusalOfTarget(target);
            if (refusal === undefined) continue;
            log.warn("Transfer will be refused", {
              agent,
              alias,
              code: refusal.code,
              ...(targets.length > 1 && { target: at }),
            });
          }
        }
      }
    },
  };

  async function refusalOfAny(
    agent: Transferring,
    alias: string,
    callId: string,
  ): Promise<TransferRefusal | undefined> {
    const decision = await decide(agent, alias);
    if (decision.ok) return await dials.isUsedUp(callId) ? tooMany : undefined;
    const { code, sentence } = decision;
    return { code, sentence };
  }

  function transferOf(agent: Transferring, alias: string): Transfer | undefined {
    if (hasPhone && isPhoneNumber(alias)) return toNumber(alias);
    const transfers = agent?.transfers ?? {};
    return hasPhone && Object.hasOwn(transfers, alias) ? transfers[alias] : undefined;
  }

  async function decide(agent: Transferring, alias: string): Promise<TransferDecision> {
    const transfer = transferOf(agent, alias);
    if (transfer === undefined) return { ok: false, ...unknownAlias };
    const { hours } = transfer;
    if (hours !== undefined && !isOpen(hours, agent?.timezone ?? "UTC", now())) {
      return { ok: false, ...closed };
    }
    const targets: AllowedTarget[] = [];
    let refused: TransferRefusal | undefined;
    for (const [index, target] of transfer.targets.entries()) {
      const refusal = await refusalOfTarget(target, now());
      if (refusal === undefined) targets.push({ ...target, index });
      else refused ??= refusal;
    }
    if (targets.length > 0) return { ok: true, transfer, targets };
    return { ok: false, ...refused ?? unknownAlias };
  }

  /** With `at`, by the do-not-call list and the calling hours, too. */
  async function refusalOfTarget(
    target: TransferTarget,
    at?: number,
  ): Promise<TransferRefusal | undefined> {
    if (target.kind === "sip") {
      return sipHosts.includes(sipHostOf(target.uri)) ? undefined : sipNotAllowed;
    }
    const dialling = await policy();
    const decision = at === undefined
      ? dialling.checkNumber(target.number)
      : await dialling.check(target.number, at);
    return decision.ok ? undefined : decision;
  }
}

/** To a number that an operator has given, in the place of one of the agent's aliases. */
function toNumber(number: string): Transfer {
  return {
    targets: [{ kind: "number", number }],
    order: "in_turn",
    mode: "cold",
    ringSeconds: RING_SECONDS,
    machine: "return",
    then: "hang_up",
  };
}

/** What observers are told of a refusal. */
export function failureOf({ code }: TransferRefusal): TransferFailure {
  switch (code) {
    case "do_not_call":
    case "outside_hours":
    case "limit":
      return code;
    case "closed":
      return "outside_hours";
    default:
      return "not_allowed";
  }
}

function addressOf(target: TransferTarget): string {
  return target.kind === "number" ? target.number : target.uri;
}

/** Of `sip:desk@pbx.example.com:5060;transport=tls`. */
function sipHostOf(uri: string): string {
  return /@([^:;]+)/.exec(uri)?.[1]?.toLowerCase() ?? "";
}

const unknownAlias = {
  code: "unknown_transfer",
  sentence: "The agent has no transfer of that name.",
} as const;
const closed = {
  code: "closed",
  sentence: "This transfer is outside its hours now.",
} as const;
const tooMany = {
  code: "limit",
  sentence: "The limit of calls for transfers is reached. Do not try it again.",
} as const;
const sipNotAllowed = {
  code: "sip_not_allowed",
  sentence: "The operator does not allow this SIP address: see TRANSFER_SIP_HOSTS.",
} as const;
