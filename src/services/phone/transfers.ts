import type { CallRegistry } from "../../call/registry.ts";
import type { CallSession } from "../../call/sessionApi.ts";
import type { TransferFailure, TransferRef, TransferResult } from "../../call/transfer.ts";
import type { Clock } from "../../utils/clock.ts";
import type { Log } from "../../utils/logger.ts";
import type { ProcessHandover } from "../calls.ts";
import {
  isFinal,
  type PhoneAnswer,
  type TwilioCalls,
  updateWithRetries,
  warnUnlessAway,
  writeTwiml,
} from "../twilioOutbound.ts";
import {
  createTransferAnswer,
  type TransferAnswer,
  type TransferAnswerDeps,
} from "./transferAnswer.ts";

/** `now` is monotonic. */
export interface TransfersDeps extends Clock, TransferAnswerDeps {
  readonly registry: Pick<CallRegistry, "get" | "list">;
  readonly twilio: Pick<TwilioCalls, "update" | "fetch" | "end">;
  readonly processHandover: Pick<ProcessHandover, "isHeldElsewhere" | "releaseSession">;
  /** Opens another stream for a session whose caller is on the line without one. */
  readonly replaceStream: (session: CallSession) => void;
  /** The carrier need not be told of the end of this session. */
  readonly leave: (session: CallSession) => void;
  /** Whether the caller is being put through, or talks with a person. */
  readonly isPutThrough: (session: CallSession, callSid: string) => Promise<boolean>;
  readonly publicUrl: string;
  readonly log: Pick<Log, "warn">;
}

/** What Twilio reports of one target of a transfer. */
export interface TransferReport {
  readonly callId: string;
  /** Of the transfer, and of the target in its list. */
  readonly number: number;
  readonly target: number;
  /** Of the call to the target. */
  readonly legSid: string;
  readonly what: "ringing" | "answered" | "machine" | "person";
}

/** A transfer that Twilio was asked for by this process, or that it goes on with. */
interface UnderWay {
  readonly number: number;
  readonly alias: string;
  /** When it cannot be ringing any more. */
  ringsUntil: number;
  /** The targets of which Twilio says whether a person has answered, or a machine. */
  detected: ReadonlySet<number>;
  /** The targets that have been called, or are in their turn. */
  readonly counted: Set<number>;
  /** The first target of the present `<Dial>`: what is reported late of those before it counts no more. */
  first: number;
  /** The target that a machine has answered. */
  machine: number | undefined;
  /** When Twilio was asked last what became of it, and whether it knew of nobody who is called. */
  askedAt: number;
  isIdle: boolean;
}

/** For the requests before, and the last ring. */
const MARGIN_MS = 20_000;
const ASK_EVERY_MS = 30_000;

/** Of a transfer that another process had begun. */
const ANY = 0;

export type Transfers = ReturnType<typeof createTransfers>;

/** Puts the callers of sessions through to people by Twilio, and tells the sessions what becomes of it. */
export function createTransfers(deps: TransfersDeps) {
  const { registry, twilio, processHandover, replaceStream, leave, publicUrl, now, setTimer, log } =
    deps;
  const answerTransfer = createTransferAnswer(deps);
  const transfers = new WeakMap<CallSession, UnderWay>();
  const underWay = new Set<Promise<void>>();
  const closing = new AbortController();

  return {
    /** Begins it; the session is told of all that follows, also that it is refused. */
    begin(session: CallSession, transfer: TransferRef): void {
      follow(session, transfer);
      track(begin(session, transfer));
    },
    /** Applies what Twilio reports of a target of a session of this process; false where there is none. */
    report({ callId, number, target, legSid, what }: TransferReport): boolean {
      const session = registry.get(callId);
      if (session === undefined) return false;
      if (what === "machine") {
        if (!session.isAway) return true;
        // Machines are looked for only where they are not to have the call.
        const transfer = transfers.get(session) ?? follow(session, { number, alias: "" });
        if (isAbout(transfer, number) && target >= transfer.first) transfer.machine = target;
        track(
          twilio.end(legSid, { unanswered: false }).catch((error) =>
            log.warn("Answering machine not hung up on", { callId, error })
          ),
        );
        return true;
      }
      const step = what === "person" ? "connected" : what;
      session.input({ type: "transferProgress", number, target, step });
      if (what === "answered" && transfers.get(session)?.detected.has(target) !== true) {
        session.input({ type: "transferProgress", number, target, step: "connected" });
      }
      return true;
    },
    /**
     * Twilio asks how to go on after a transfer. Undefined where the session has been told, and either has
     * ended or waits for its caller.
     */
    async over(
      session: CallSession,
      number: number,
      reported: TransferResult,
    ): Promise<PhoneAnswer | undefined> {
      const transfer = transfers.get(session);
      const machine = isAbout(transfer, number) ? transfer?.machine : undefined;
      if (transfer !== undefined && machine !== undefined && session.isAway) {
        const next = await after(session, transfer, machine);
        if (next !== undefined) return next;
      }
      const result: TransferResult = machine === undefined
        ? reported
        : { kind: "failed", why: "machine" };
      session.input({ type: "transferOver", number, result });
      // The answer says what follows.
      if (session.hasEnded) leave(session);
      return undefined;
    },
    /** Looks after sessions whose caller is away: Twilio's word may be lost, or come to another process. */
    async reconcile(): Promise<void> {
      for (const session of registry.list()) {
        if (!session.isAway) continue;
        await check(session).catch((error) =>
          warnUnlessAway(log, "Transfer not looked after", { callId: session.id, error })
        );
      }
    },
    /** Tries no more; settles when no request is under way. */
    async close(): Promise<void> {
      closing.abort();
      await Promise.all(underWay);
    },
  };

  function track(work: Promise<void>): void {
    const tracked = work.finally(() => underWay.delete(tracked));
    underWay.add(tracked);
  }

  function follow(session: CallSession, { number, alias }: Pick<TransferRef, "number" | "alias">) {
    const transfer: UnderWay = {
      number,
      alias,
      ringsUntil: now() + MARGIN_MS,
      detected: new Set(),
      counted: new Set(),
      first: 0,
      machine: undefined,
      askedAt: now(),
      isIdle: false,
    };
    transfers.set(session, transfer);
    return transfer;
  }

  function fail(session: CallSession, number: number, why: TransferFailure): void {
    session.input({ type: "transferOver", number, result: { kind: "failed", why } });
  }

  async function begin(session: CallSession, { number, alias }: TransferRef): Promise<void> {
    const { id: callId, request, callSid } = session;
    try {
      const given = await answerTransfer({ callId, request, alias, number });
      if (!given.ok) return fail(session, number, given.why);
      if (callSid === undefined || !session.isAway) return fail(session, number, "failed");
      // Another one has begun meanwhile.
      if (transfers.get(session)?.number !== number) return;
      began(session, given);
      const outcome = await updateWithRetries(callSid, {
        twilio,
        change: () => session.isAway ? { twiml: writeTwiml(given.answer, publicUrl) } : undefined,
        // A number that rings must not be dialled again.
        mayRepeat: false,
        signal: closing.signal,
        setTimer,
      });
      if (outcome === "over") {
        session.input({ type: "hangUp", end: { reason: "caller_hung_up" } });
      } else if (outcome === "failed") {
        log.warn("Transfer not begun", { callId });
        giveBack(session, number);
      }
    } catch (error) {
      log.warn("Transfer not decided", { callId, error });
      giveBack(session, number);
    }
  }

  function began(session: CallSession, { ringMs, answer }: GivenAnswer): void {
    const transfer = transfers.get(session);
    if (transfer === undefined) return;
    if (answer.do === "dial") {
      transfer.first = answer.targets[0]?.index ?? 0;
      for (const { index } of answer.targets) transfer.counted.add(index);
    }
    const detects = answer.do === "dial" && answer.transfer?.detectsMachines === true;
    const numbers = detects ? answer.targets.filter(({ kind }) => kind === "number") : [];
    transfer.detected = new Set(numbers.map(({ index }) => index));
    transfer.ringsUntil = now() + ringMs + MARGIN_MS;
    transfer.machine = undefined;
  }

  /** The caller is on the line, and the agent goes on. */
  function giveBack(session: CallSession, number: number): void {
    fail(session, number, "unknown");
    if (!session.hasLeg) replaceStream(session);
  }

  /** Calls those that come after one whose machine has answered. */
  async function after(
    session: CallSession,
    transfer: UnderWay,
    machine: number,
  ): Promise<PhoneAnswer | undefined> {
    const { id: callId, request } = session;
    const { alias, number, counted } = transfer;
    const rest = { from: machine + 1, counted };
    const given = await answerTransfer({ callId, request, alias, number, ...rest })
      .catch(() => undefined);
    if (given?.ok !== true || given.answer.do !== "dial" || !given.answer.inTurn) return undefined;
    began(session, given);
    session.input({ type: "transferGoesOn", number });
    return given.answer;
  }

  async function check(session: CallSession): Promise<void> {
    const { id: callId, callSid } = session;
    if (callSid === undefined) return;
    if (await processHandover.isHeldElsewhere(callId)) {
      return processHandover.releaseSession(session);
    }
    const at = now();
    // One that another process had begun is looked after from now on.
    const transfer = transfers.get(session) ?? follow(session, { number: ANY, alias: "" });
    if (at < transfer.ringsUntil || at - transfer.askedAt < ASK_EVERY_MS) return;
    transfer.askedAt = at;
    const { status } = await twilio.fetch(callSid);
    if (isFinal(status)) {
      return session.input({ type: "hangUp", end: { reason: "caller_hung_up" } });
    }
    const wasIdle = transfer.isIdle;
    transfer.isIdle = !await deps.isPutThrough(session, callSid);
    // Twice in a row: it may just be between the end of the talk and its question.
    if (!wasIdle || !transfer.isIdle || !session.isAway) return;
    log.warn("Transfer ended without a word", { callId });
    replaceStream(session);
  }
}

type GivenAnswer = Extract<TransferAnswer, { readonly ok: true }>;

function isAbout(transfer: UnderWay | undefined, number: number): boolean {
  return transfer?.number === number || transfer?.number === ANY;
}
