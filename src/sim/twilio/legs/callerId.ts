import type { NetworkContext } from "../networkContext.ts";
import type { DialParty } from "../twiml/dialTwiml.ts";

/** A call that dials another one. */
export interface DiallingCall {
  readonly context: Pick<NetworkContext, "account">;
  readonly from: string;
  readonly to: string;
  readonly isInbound: boolean;
}

/**
 * The number that a `<Dial>` shows to a party; undefined where Twilio does not allow it (13214): only the webhook's
 * own From and To, which a call by SIP does not have, and the account's numbers. A SIP address takes anything that
 * can stand in a SIP address.
 */
export function callerIdFor(
  call: DiallingCall,
  given: string | undefined,
  party: DialParty,
): string | undefined {
  const { from, to, isInbound, context: { account } } = call;
  const isFromSip = isInbound && from.startsWith("sip:");
  const shown = given ?? from;
  if (shown === account.number) return shown;
  if (party.kind === "sip") {
    if (given === undefined) return from;
    return /^[A-Za-z0-9+\-_.]+$/.test(given) ? given : undefined;
  }
  if (isFromSip) return undefined;
  if (from.startsWith("client:") && given === undefined) return undefined;
  return shown === from || shown === to ? shown : undefined;
}
