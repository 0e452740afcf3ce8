import type { CallDirection } from "../../call/types.ts";

/** What a carrier says of a call beside its numbers; each member only where it is known. */
export interface CarrierFacts {
  readonly callerName?: string;
  /** The number that has forwarded the call. */
  readonly forwardedFrom?: string;
  readonly city?: string;
  readonly state?: string;
  readonly country?: string;
  /** STIR/SHAKEN, as the carrier writes it. */
  readonly stir?: string;
  /** By name, as the other end sent them. */
  readonly sipHeaders?: Readonly<Record<string, string>>;
}

/** A call that somebody is to get. */
export interface AskedCall {
  readonly callId: string;
  readonly direction: CallDirection;
  /** The person's number, where there is one. */
  readonly caller?: string | undefined;
  /** The number of ours. */
  readonly called?: string | undefined;
  readonly facts?: CarrierFacts | undefined;
}

/** The question to the operator's endpoint: all members are present, null where unknown. */
export function precallMessage(
  { callId, direction, caller, called, facts = {} }: AskedCall,
  { agent, isOpen, at, isTest }: {
    /** Who gets the call unless the answer says otherwise. */
    readonly agent: string;
    readonly isOpen: boolean;
    /** Milliseconds since 1970. */
    readonly at: number;
    readonly isTest: boolean;
  },
) {
  const [from, to] = direction === "outbound" ? [called, caller] : [caller, called];
  return {
    type: "call.incoming",
    callId,
    direction,
    from: from ?? null,
    to: to ?? null,
    agent,
    open: isOpen,
    callerName: facts.callerName ?? null,
    forwardedFrom: facts.forwardedFrom ?? null,
    city: facts.city ?? null,
    state: facts.state ?? null,
    country: facts.country ?? null,
    stir: facts.stir ?? null,
    sipHeaders: facts.sipHeaders ?? {},
    at: new Date(at).toISOString(),
    ...(isTest && { test: true }),
  };
}
