import type { CallRegistry } from "../../call/sessionApi.ts";
import type { Agent } from "../../config/agents.ts";
import type { DialRefusal, TransferPolicy } from "../spending.ts";

/** What an operator or a program may do to a live call. */
export type CallAction =
  /** `true` for a goodbye in the agent's own words. */
  | { readonly type: "hangup"; readonly goodbye?: string | true | undefined }
  | { readonly type: "say"; readonly text: string }
  | { readonly type: "transfer"; readonly to: string }
  | { readonly type: "interrupt" }
  | { readonly type: "text"; readonly text: string };

export type ActionResult =
  | { readonly ok: true }
  /** The call is not, or no longer, held by this process. */
  | { readonly ok: false; readonly code: "not_live" }
  /** Only phone calls can be transferred. */
  | { readonly ok: false; readonly code: "not_on_a_phone" }
  | {
    readonly ok: false;
    readonly code: "unknown_transfer";
    readonly aliases: readonly string[];
  }
  /** The number may not be dialled, or not now. */
  | {
    readonly ok: false;
    readonly code: "transfer_refused";
    readonly refusal: TransferRefusal;
  };

export type TransferRefusal = "do_not_call" | "outside_calling_hours" | "destination_not_allowed";

export type CallActions = (callId: string, action: CallAction) => Promise<ActionResult>;

export interface CallActionsDeps {
  readonly registry: Pick<CallRegistry, "get">;
  readonly agents: { get(name: string): Pick<Agent, "transfers"> | undefined };
  /** An operator may transfer only to numbers that the agent may transfer to. */
  readonly transfers: Pick<TransferPolicy, "decide">;
}

/** Creates the function that carries out actions on live calls. */
export function createCallActions(
  { registry, agents, transfers }: CallActionsDeps,
): CallActions {
  return async function act(callId, action) {
    const session = registry.get(callId);
    if (session === undefined) return { ok: false, code: "not_live" };
    switch (action.type) {
      case "hangup": {
        const end = { reason: "operator_hung_up" } as const;
        const { goodbye } = action;
        session.input(
          goodbye === undefined ? { type: "hangUp", end } : { type: "endAsked", end, goodbye },
        );
        return { ok: true };
      }
      case "say":
        session.input({ type: "sayAsked", text: action.text });
        return { ok: true };
      case "transfer": {
        const { direction, agent } = session.request;
        if (direction === "web") return { ok: false, code: "not_on_a_phone" };
        const aliases = Object.keys(agents.get(agent)?.transfers ?? {});
        if (!aliases.includes(action.to)) return { ok: false, code: "unknown_transfer", aliases };
        const decision = await transfers.decide(agent, action.to);
        if (!decision.ok) {
          return { ok: false, code: "transfer_refused", refusal: refusalOf(decision.code) };
        }
        session.input({ type: "transferAsked", alias: action.to });
        return { ok: true };
      }
      case "interrupt":
        session.input({ type: "interruptAsked" });
        return { ok: true };
      case "text":
        session.input({ type: "typed", text: action.text });
        return { ok: true };
      default:
        return action satisfies never;
    }
  };
}

function refusalOf(code: DialRefusal["code"]): TransferRefusal {
  if (code === "do_not_call") return code;
  return code === "outside_hours" ? "outside_calling_hours" : "destination_not_allowed";
}
