import type { AgentSet } from "../../config/agents.ts";
import type { Outside } from "../../config/hoursSchema.ts";
import { present } from "../../utils/present.ts";
import { isOpen } from "../../config/isOpen.ts";

/** Why a call is for an agent: it was asked for by name, answers the number, or takes what is left. */
export type ChoiceReason = "named" | "number" | "default";

/** What becomes of a call for an agent that is closed; another agent has been found already. */
export type OutsideAction = Exclude<Outside, { readonly kind: "agent" }>;

/** The agent for a call, by what is in the agents' files. */
export interface AgentChoice {
  readonly agent: string;
  readonly because: ChoiceReason;
  /** The agents that were closed, in the order in which they sent the call on. */
  readonly closed: readonly string[];
  /** Where the agent itself is closed; absent where it takes the call. */
  readonly outside?: OutsideAction;
}

export interface ChoiceRequest {
  /** Asked for in so many words. */
  readonly named?: string | undefined;
  /** As the carrier writes it. */
  readonly called?: string | undefined;
  /** False for a call that is placed, or answered already. */
  readonly mindsHours: boolean;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** Chooses the agent for a call. Agents that send a call to each other: the second takes it. */
export function chooseAgent(
  agents: AgentSet,
  defaultAgent: string,
  { named, called, mindsHours, at }: ChoiceRequest,
): AgentChoice {
  const owner = called === undefined ? undefined : agentOfNumber(agents, called);
  const because = named !== undefined ? "named" : owner !== undefined ? "number" : "default";
  const closed: string[] = [];
  let name = named ?? owner ?? defaultAgent;
  for (;;) {
    const agent = agents.get(name);
    const hours = agent?.hours;
    const takesIt = agent === undefined || hours === undefined || !mindsHours ||
      isOpen(hours, agent.timezone, at);
    if (takesIt) return { agent: name, because, closed };
    const { outside } = hours;
    if (outside.kind !== "agent") return { agent: name, because, closed, outside };
    if (closed.includes(outside.agent)) return { agent: name, because, closed };
    closed.push(name);
    name = outside.agent;
  }
}

/** The agent that answers a number; one whose file is faulty keeps its callers. */
function agentOfNumber(agents: AgentSet, called: string): string | undefined {
  const number = e164Of(called);
  if (number === undefined) return undefined;
  return agents.names.find((name) => agents.get(name)?.numbers.includes(number)) ??
    [...agents.unusable].find(([, { voice }]) => voice.numbers?.includes(number))?.[0];
}

/** A number in E.164 form, of one written with blanks or signs, or of a `sip:` address that begins with one. */
export function e164Of(text: string): string | undefined {
  const plain = text.slice(0, 200).trim().replace(/^(?:sips?|tel):/i, "").replace(/[@;].*$/, "")
    .replaceAll(/[\s().-]/g, "");
  return /^\+[1-9]\d{6,14}$/.exec(plain)?.[0] ?? undefined;
}

/** What a list of agents says of one's calls. */
export function describeReach(
  { numbers, hours, timezone }: NonNullable<ReturnType<AgentSet["get"]>>,
  at: number,
): { readonly numbers: readonly string[]; readonly openNow?: boolean } {
  return { numbers, ...present({ openNow: hours && isOpen(hours, timezone, at) }) };
}
