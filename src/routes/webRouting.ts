import type { Routing } from "../services/routing.ts";
import { newId } from "../utils/ids.ts";
import { HttpProblem } from "./middleware/httpProblem.ts";
import { present } from "../utils/present.ts";
import type { WebGrant } from "./webTokens.ts";

/**
 * Gives a browser's call to its agent, as hours and the operator's endpoint say; what that says of the call
 * goes before what was `asked`. Without `routing` the named agent gets it. Throws an `HttpProblem`.
 */
export async function routeWebCall(
  routing: Pick<Routing, "route"> | undefined,
  named: string,
  asked: Pick<WebGrant, "context" | "variables" | "unchecked">,
): Promise<WebGrant> {
  if (routing === undefined) return { agent: named, ...asked };
  const callId = newId("call");
  const { agent, outside, refuse, told } = await routing.route({
    callId,
    direction: "web",
    named,
  });
  if (refuse !== undefined) {
    const sentence = refuse === true ? "This call is not taken." : refuse.sentence;
    throw new HttpProblem(403, "call_refused", sentence);
  }
  if (outside !== undefined) {
    const text = outside.kind === "message" ? outside.text : undefined;
    throw new HttpProblem(503, "outside_hours", text ?? "The agent is closed at the moment.");
  }
  const variables = asked.variables === undefined
    ? told.variables
    : { ...asked.variables, ...told.variables };
  const { unchecked = [], ...rest } = asked;
  // What the operator's endpoint says takes the place of what the page did.
  const left = unchecked.filter((name) => !Object.hasOwn(told.variables ?? {}, name));
  return {
    ...{ ...rest, agent, callId, ...told },
    ...present({ variables, unchecked: left.length === 0 ? undefined : left }),
  };
}
