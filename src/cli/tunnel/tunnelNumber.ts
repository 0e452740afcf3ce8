import { readSettings } from "../../config/env.ts";
import type { Environment } from "../../config/settingReader.ts";
import { type AccountNumber, TwilioProblem } from "../../services/twilioOutbound.ts";
import { ANY_NUMBER } from "../connect/anyNumber.ts";
import { chooseNumbers } from "../connect/chooseNumbers.ts";
import { ConnectMemoryError, openConnectMemory, TUNNEL_MEMORY } from "../connect/connectMemory.ts";
import { connectDeps, connectNumbers } from "../connect/connectNumbers.ts";
import { isOwnProcess, ownProcess } from "../connect/knownProcess.ts";
import { otherOwner } from "../connect/lentNumber.ts";
import { problemLine } from "../connect/problemLine.ts";
import type { RememberedNumber } from "../connect/rememberedNumber.ts";
import { undoNumber } from "../connect/undoNumber.ts";
import { waitDeps, waitForCall } from "../connect/waitForCall.ts";
import type { Terminal } from "../terminal.ts";

/** A number that is lent to a tunnel. */
export interface TunnelNumber {
  readonly number: string;
  /** Points it at an origin, after asking the first time; false where that was not agreed to, or did not work. */
  connect(origin: string): Promise<boolean>;
  /** Says what the first call is, or why none arrives, until the signal aborts. Never rejects. */
  wait(signal: AbortSignal): Promise<void>;
  /** Puts back what was there before; false, with what to do, where it cannot. */
  restore(): Promise<boolean>;
}

const WAIT_MS = 600_000;

/** Whether the settings name an account of Twilio. */
export function hasAccount(environment: Environment): boolean {
  return ["TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN"].every((name) =>
    (environment[name] ?? "").trim() !== ""
  );
}

/**
 * Settles which number a tunnel gets: that of the settings, or one that is chosen. Undefined, with the reason
 * printed, where there is none.
 */
export async function chooseTunnelNumber(
  environment: Environment,
  { origin, folder, terminal, isAgreed }: {
    readonly origin: string;
    readonly folder: string;
    readonly terminal: Terminal;
    readonly isAgreed: boolean;
  },
): Promise<TunnelNumber | undefined> {
  const { print } = terminal;
  const own = environment["TWILIO_PHONE_NUMBER"]?.trim() || undefined;
  const settings = readSettings({
    ...environment,
    PUBLIC_URL: origin,
    TWILIO_PHONE_NUMBER: own ?? ANY_NUMBER,
  });
  const { phone } = settings;
  if (phone === undefined) return undefined;
  const deps = {
    ...connectDeps(phone, openConnectMemory(`${folder}/${TUNNEL_MEMORY}`)),
    owner: ownProcess,
    whyNot,
  };
  const { account, memory } = deps;
  const chosen = await orTell(async () => {
    const [number] = await chooseNumbers(await account.list(), {
      ...{ preselected: own, publicUrl: origin, account, terminal },
      wanted: own === undefined ? [] : [own],
    }) ?? [];
    const refused = number && await whyNot(number);
    if (refused === undefined) return number;
    print(refused);
    return undefined;
  });
  if (chosen === undefined) return undefined;
  let isSettled = isAgreed;
  /** What this process has remembered, where the file is damaged meanwhile. */
  let known: RememberedNumber | undefined;
  return {
    number: chosen.number,
    async connect(origin) {
      const target = { publicUrl: origin, fallback: undefined };
      const options = { isAgreed: isSettled, unsetsTrunk: false };
      let isAsked = false;
      const asking: Terminal = {
        print,
        ask(question) {
          isAsked = true;
          return terminal.ask(question);
        },
      };
      const done = await orTell(async () => {
        const current: AccountNumber = await account.read(chosen.sid);
        return await connectNumbers([current], target, options, deps, asking);
      });
      const remembered = find();
      if (remembered?.owner !== undefined && isOwnProcess(remembered.owner)) known = remembered;
      // Where nothing had to change, nothing was agreed to for another address.
      isSettled ||= isAsked && done === true;
      return done === true;
    },
    async wait(signal) {
      const waiting = waitDeps({ settings, phone, deps, environment });
      await orTell(() => waitForCall([chosen], waiting, terminal, { waitMs: WAIT_MS, signal }));
    },
    async restore() {
      const remembered = find() ?? known;
      if (remembered === undefined || await otherOwner(remembered) !== undefined) return true;
      const alone = { print, ask: () => Promise.resolve(undefined) };
      const undoing = { ...deps, memory: { forget } };
      const done = await orTell(() => undoNumber(remembered, undoing, alone, false));
      if (done !== true) print("To put it back later: deno task connect --undo");
      return done === true;
    },
  };

  async function whyNot({ sid, number }: AccountNumber): Promise<string | undefined> {
    const owner = await otherOwner(memory.find(sid));
    return owner &&
      `${number} is connected to the tunnel of another deno task dev (process ${owner.pid}), and is left to it: ` +
        "calls by phone do not reach this one.";
  }

  /** Undefined also where the file is damaged, which is told as it is to be changed. */
  function find(): RememberedNumber | undefined {
    try {
      return memory.find(chosen!.sid);
    } catch (error) {
      if (!(error instanceof ConnectMemoryError)) throw error;
      return undefined;
    }
  }

  function forget(sid: string): void {
    known = undefined;
    try {
      memory.forget(sid);
    } catch (error) {
      if (!(error instanceof ConnectMemoryError)) throw error;
      print(error.message);
    }
  }

  async function orTell<T>(act: () => Promise<T>): Promise<T | undefined> {
    try {
      return await act();
    } catch (error) {
      if (error instanceof ConnectMemoryError) print(error.message);
      else if (error instanceof TwilioProblem) print(problemLine(error));
      else throw error;
      return undefined;
    }
  }
}
