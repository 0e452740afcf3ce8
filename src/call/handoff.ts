import type { CallPolicy, CallRequest } from "./types.ts";

/** What a tool asks for where the call is to go on with another agent. */
export interface HandoffAsked {
  readonly type: "handoff";
  /** Name of the agent that is to get the call. */
  readonly agent: string;
  /** Said word for word before, by the agent that has the call. */
  readonly say?: string;
  /** Why, in words for the next agent. */
  readonly why?: string;
  /** What it has to know: words, or a JSON object whose texts are variables of the call from now on. */
  readonly facts?: string;
  /** So many lines are all that the next agent is told of the conversation before; absent for all of it. */
  readonly lastLines?: number;
  /** The conversation before as the model sums it up, for an agent that is told none of its lines. */
  readonly summary?: string;
  /** With a summary: sentences by which the agent has committed itself, and which the caller has heard. */
  readonly promises?: readonly { readonly text: string }[];
}

/** The same once the definition of that agent is known. */
export interface Handoff extends HandoffAsked {
  /** How the agent is called, and the one that hands over. */
  readonly title: string;
  readonly fromTitle: string;
  readonly policy: CallPolicy;
  /** Content hash of the agent's file. */
  readonly version?: string;
  /** Whether the model's present connection can go on with the agent. */
  readonly connection: "same" | "other";
}

/** How often the agents of one call may hand it over. */
export const MAX_HANDOFFS = 10;

/**
 * The request with the facts of a handoff as variables. They come from what the caller has
 * said, and are unchecked.
 */
export function withFacts(request: CallRequest, facts: string | undefined): CallRequest {
  const carried = variablesIn(facts);
  const names = Object.keys(carried);
  if (names.length === 0) return request;
  return {
    ...request,
    variables: { ...request.variables, ...carried },
    unchecked: [...new Set([...request.unchecked ?? [], ...names])],
  };
}

/** The variables of a call that the facts of a handoff hold; none where they are words. */
function variablesIn(facts: string | undefined): Readonly<Record<string, string>> {
  if (facts === undefined || !facts.startsWith("{")) return {};
  try {
    const entries = Object.entries(JSON.parse(facts) as Readonly<Record<string, unknown>>);
    return Object.fromEntries(
      entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"),
    );
  } catch {
    return {};
  }
}
