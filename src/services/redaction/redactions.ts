import type { CallEvent, TranscriptTurn } from "../../call/callEvent.ts";
import type { CallSession } from "../../call/sessionApi.ts";
import type { CallRequest } from "../../call/types.ts";
import type { AgentRedaction } from "../../config/redactionSchema.ts";
import { CallRedactor } from "./callRedactor.ts";
import { compileRules } from "./compileRules.ts";
import { hiddenKeys } from "./hiddenKeys.ts";
import { redactedFields } from "./redactedFields.ts";
import { BoundedMap } from "../../utils/boundedMap.ts";
import type { Log } from "../../utils/logger.ts";
import type { RedactionRules } from "./rules.ts";

export interface RedactionsDeps {
  readonly agentOf: (request: CallRequest) => RedactingAgent | undefined;
  readonly log: Pick<Log, "error">;
}

/** In the place of what could not be looked at. */
const NOT_SHOWN = "[not shown]";

/** An agent as far as redaction asks for it. */
export interface RedactingAgent {
  readonly redaction?: AgentRedaction | undefined;
}

type Session = Pick<CallSession, "request" | "resumed">;

export type Redactions = ReturnType<typeof createRedactions>;

/** Blacks out what observers get of calls whose agents want that; what one agent hides stays hidden. */
export function createRedactions({ agentOf, log }: RedactionsDeps) {
  const compiled = new WeakMap<AgentRedaction, RedactionRules>();
  const redactors = new WeakMap<
    object,
    { readonly redactor: CallRedactor; readonly rules: Set<RedactionRules> }
  >();

  /** Calls of which it was told that they cannot be looked at. */
  const failed = new BoundedMap<string, true>(1000);

  function redactorOf(session: CallSession): CallRedactor | undefined {
    const rules = rulesOf(session);
    const known = redactors.get(session);
    if (known !== undefined) {
      if (rules !== undefined && !known.rules.has(rules)) {
        known.rules.add(rules);
        known.redactor.add(rules);
      }
      return known.redactor;
    }
    if (rules === undefined) return undefined;
    const redactor = new CallRedactor(rules);
    redactor.resume(earlierTurns(session));
    redactors.set(session, { redactor, rules: new Set([rules]) });
    return redactor;
  }

  function rulesOf({ request }: Session): RedactionRules | undefined {
    const redaction = agentOf(request)?.redaction;
    if (redaction === undefined) return undefined;
    const rules = compiled.get(redaction) ?? compileRules(redaction);
    compiled.set(redaction, rules);
    return rules;
  }

  /** A fault costs the words, and neither the call nor what was to be hidden. */
  function safely<T>({ id }: CallSession, work: () => T, instead: () => T): T {
    try {
      return work();
    } catch (error) {
      if (!failed.has(id)) log.error("Redaction failed", { callId: id, error });
      failed.set(id, true);
      return instead();
    }
  }

  return {
    /** Whether anything is blacked out in the call. */
    isOn: (session: CallSession): boolean =>
      safely(session, () => redactorOf(session) !== undefined, () => true),
    /** The event as observers get it, behind events that correct earlier ones. */
    events: (session: CallSession, event: CallEvent): readonly CallEvent[] =>
      safely(
        session,
        () => [...redactorOf(session)?.events(event) ?? [event], ...hiddenKeys(event)],
        () => [redactedFields(event, () => NOT_SHOWN)],
      ),
    /** A text about the call that is kept or shown elsewhere; `about` is the name of its field. */
    text: (session: CallSession, text: string, about?: string): string =>
      safely(session, () => redactorOf(session)?.text(text, about) ?? text, () => NOT_SHOWN),
  };
}

function earlierTurns({ resumed }: Session): readonly TranscriptTurn[] {
  return resumed?.turns ?? [];
}
