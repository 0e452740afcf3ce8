import { z } from "zod";
import type { ControlInput } from "../../call/callInput.ts";
import type { CallRegistry } from "../../call/registry.ts";
import type { CallSession } from "../../call/sessionApi.ts";
import { transferProblem, transferProblems } from "../../call/transfer.ts";
import type { TransferPolicy, TransferRefusal, Transferring } from "../spending.ts";
import { detached } from "../../utils/detached.ts";
import { recordingProblem, recordingProblems } from "./recordingProblem.ts";

/** What an operator or a program may do to a live call. */
export const callAction = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("hangup"),
    /** `true` for a goodbye in the agent's own words. */
    goodbye: z.union([z.string(), z.literal(true)]).optional(),
  }),
  z.object({ type: z.literal("say"), text: z.string() }),
  z.object({ type: z.literal("whisper"), text: z.string() }),
  z.object({
    type: z.literal("transfer"),
    /** One of the agent's aliases ... */
    to: z.string().optional(),
    /** ... or a number, of which whoever lets operators act has made sure that this one may choose it. */
    number: z.string().optional(),
  }),
  z.object({ type: z.literal("cancel_transfer") }),
  z.object({ type: z.literal("leave_conversation") }),
  z.object({ type: z.literal("interrupt") }),
  z.object({ type: z.literal("text"), text: z.string() }),
  z.object({ type: z.literal("recording"), change: z.enum(["pause", "resume", "stop"]) }),
]);

export type CallAction = Readonly<z.infer<typeof callAction>>;

const transferRefusal = z.enum([
  "do_not_call",
  "outside_calling_hours",
  "outside_hours",
  "destination_not_allowed",
  "transfer_limit",
]);

export type TransferRefusalCode = z.infer<typeof transferRefusal>;

/** What came of an action. */
export const actionResult = z.union([
  z.object({ ok: z.literal(true) }),
  z.object({
    ok: z.literal(false),
    /**
     * The call is not, or no longer, held by this process; only phone calls can be transferred; the caller is
     * with a person; or how it stands with transfers.
     */
    code: z.enum([
      ...["not_live", "not_on_a_phone", "caller_away"] as const,
      ...recordingProblems,
      ...transferProblems,
    ]),
  }),
  z.object({
    ok: z.literal(false),
    code: z.literal("unknown_transfer"),
    aliases: z.array(z.string()),
  }),
  /** The number may not be dialled, or not now. */
  z.object({
    ok: z.literal(false),
    code: z.literal("transfer_refused"),
    refusal: transferRefusal,
  }),
]);

export type ActionResult = Readonly<z.infer<typeof actionResult>>;

export type CallActions = (callId: string, action: CallAction) => Promise<ActionResult>;

export interface CallActionsDeps {
  readonly registry: Pick<CallRegistry, "get">;
  readonly agents: {
    ofCall(request: { readonly agent: string }): Transferring;
  };
  readonly transfers: Pick<TransferPolicy, "refusalOf" | "refusalOfNumber">;
}

/** Creates the function that carries out actions on live calls. */
export function createCallActions(
  { registry, agents, transfers }: CallActionsDeps,
): CallActions {
  return async function act(callId, action) {
    const session = registry.get(callId);
    if (session === undefined) return { ok: false, code: "not_live" };
    // Nobody would hear it, and the caller of a transfer cannot be transferred.
    if (session.isAway && action.type !== "hangup") return { ok: false, code: "caller_away" };
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
        session.input({ type: "sayAsked", text: detached(action.text) });
        return { ok: true };
      case "transfer": {
        const { request } = session;
        if (request.direction === "web") return { ok: false, code: "not_on_a_phone" };
        const agent = agents.ofCall(request);
        const aliases = Object.keys(agent?.transfers ?? {});
        const { to = "", number } = action;
        if (number === undefined && !aliases.includes(to)) {
          return { ok: false, code: "unknown_transfer", aliases };
        }
        const refused = number === undefined
          ? await transfers.refusalOf(agent, to, callId)
          : await transfers.refusalOfNumber(number, callId);
        if (refused !== undefined) {
          return { ok: false, code: "transfer_refused", refusal: refusalOf(refused.code) };
        }
        return change(session, "transfer", { type: "transferAsked", alias: number ?? to });
      }
      case "cancel_transfer":
        return change(session, "cancelTransfer", { type: "transferCancelled" });
      case "leave_conversation":
        return change(session, "leaveRoom", { type: "roomLeft" });
      case "interrupt":
        session.input({ type: "interruptAsked" });
        return { ok: true };
      case "whisper":
        session.input({ type: "whispered", text: detached(action.text) });
        return { ok: true };
      case "text":
        session.input({ type: "typed", text: detached(action.text), byOperator: true });
        return { ok: true };
      case "recording": {
        const code = recordingProblem(action.change, session.recordingState);
        if (code !== undefined) return { ok: false, code };
        session.input({ type: "recordingAsked", change: action.change, by: "operator" });
        return { ok: true };
      }
      default:
        return action satisfies never;
    }
  };
}

function change(
  session: CallSession,
  wanted: Parameters<typeof transferProblem>[0],
  input: ControlInput,
): ActionResult {
  if (session.hasEnded) return { ok: false, code: "not_live" };
  const code = transferProblem(wanted, session.transferState);
  if (code !== undefined) return { ok: false, code };
  session.input(input);
  return { ok: true };
}

function refusalOf(code: TransferRefusal["code"]): TransferRefusalCode {
  switch (code) {
    case "do_not_call":
      return code;
    case "limit":
      return "transfer_limit";
    case "closed":
      return "outside_hours";
    case "outside_hours":
      return "outside_calling_hours";
    default:
      return "destination_not_allowed";
  }
}
