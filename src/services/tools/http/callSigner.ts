import { newId } from "../../../utils/ids.ts";
import { isPhoneNumber } from "../../../utils/phoneNumber.ts";
import { signWebhook } from "../../../utils/webhookSignature.ts";
import type { ToolContext } from "../tool.ts";

/** Headers that tell a tool's service, signed, which call a request is made in. */
export type SignCall = (
  tool: string,
  context: ToolContext,
) => Readonly<Record<string, string>>;

/**
 * Signs as webhooks are signed, with the header `Parley-Call` as the payload: the model writes a
 * request's arguments, and cannot write or change this. Undefined where there is no secret: an unsigned
 * header must not look trustworthy.
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
