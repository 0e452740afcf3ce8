import { newId } from "../../../utils/ids.ts";
import { isPhoneNumber } from "../../../utils/phoneNumber.ts";
import { signWebhook } from "../../../utils/webhookSignature.ts";
import type { ToolContext } from "../tool.ts";

/** Makes the headers by which a tool's service knows, and can prove, for which call it is asked. */
export type SignCall = (
  tool: string,
  context: ToolContext,
) => Readonly<Record<string, string>>;

/**
 * Signs as webhooks are signed, with the header `Parley-Call` as the payload: the model writes a
 * request's arguments, and can neither write nor change this. Nothing where there is no secret: what
 * anybody could have written must not look as if it could be trusted.
 */
export function createCallSigner(
  { secrets, now }: { readonly secrets: readonly Uint8Array[]; readonly now: () => number },
): SignCall | undefined {
  if (secrets.length === 0) return undefined;
  return function signCall(tool, { callId, agent, direction, caller }) {
    const payload = JSON.stringify({
      tool,
      callId,
      agent,
      direction,
      ...(caller !== undefined && isPhoneNumber(caller) && { caller }),
    });
    return {
      [CALL_HEADER]: payload,
      ...signWebhook({ id: newId("tool"), payload }, { secrets, nowMs: now() }),
    };
  };
}

/** Whether a header is one of those that only the server may set. */
export function isCallHeader(name: string): boolean {
  return /^(?:parley-|webhook-)/i.test(name);
}

const CALL_HEADER = "parley-call";
