import type { CallDirection } from "../../call/types.ts";
import type { Settings } from "../../config/settings.ts";
import type { Clock } from "../../utils/clock.ts";
import type { Log } from "../../utils/logger.ts";
import { pseudonymOf } from "../../utils/pseudonym.ts";
import { present } from "../../utils/present.ts";
import type { Budget, BudgetAccount } from "../store.ts";
import type { CallAccounts } from "./callAccounts.ts";

export interface TextSpendingDeps extends Pick<Clock, "now"> {
  readonly budget: Pick<Budget, "reserve" | "settle" | "release">;
  readonly accountsOf: CallAccounts;
  readonly settings: Pick<Settings, "sms">;
  /** Keys the pseudonyms of numbers. */
  readonly secret: string;
  readonly log: Pick<Log, "warn">;
}

const HOLD_MS = 10 * 60_000;

/** Bounds what text messages cost, and how many there are. */
export function createTextSpending(
  { budget, accountsOf, settings: { sms }, secret, now, log }: TextSpendingDeps,
) {
  return {
    /** Reserves one message. Undefined where a limit of the day is used up. Rejects where the store fails. */
    async reserve(
      { id, to, text, direction, keyName }: {
        readonly id: string;
        readonly to: string;
        readonly text: string;
        readonly direction: CallDirection;
        readonly keyName?: string | undefined;
      },
    ) {
      const usd = segmentsOf(text) * (to.startsWith("+1") ? NORTH_AMERICA_USD : ELSEWHERE_USD);
      const wide = accountsOf({ direction, keyName }).filter(({ scope }) =>
        scope === "server" || scope === "key"
      );
      const accounts: readonly BudgetAccount[] = [
        counted("sms_number", pseudonymOf(to, secret), sms.perNumberDaily),
        counted("sms", "", sms.daily),
        // The minutes of calls are no reason to send no message.
        ...wide.map((account) => ({
          ...account,
          limits: present({ dailyUsd: account.limits.dailyUsd }),
        })),
      ].filter(({ limits }) => Object.keys(limits).length > 0);
      if (accounts.length === 0) return { settle: () => Promise.resolve() };
      const decision = await budget.reserve(
        { callId: id, accounts, minutes: 0, usd, holdMs: HOLD_MS },
        now(),
      );
      if (!decision.ok) return undefined;
      return {
        /** A message that was not taken costs nothing, and counts all the same. */
        async settle({ isTaken }: { readonly isTaken: boolean }): Promise<void> {
          await budget.settle(id, { minutes: 0, usd: isTaken ? usd : 0 })
            .catch((error) => log.warn("Text message not settled", { error }));
        },
      };
    },
  };
}

/** The highest price of a segment by carriers' lists, their fees included. */
const NORTH_AMERICA_USD = 0.02;
const ELSEWHERE_USD = 0.15;

/** How many parts a text is sent and billed in. */
function segmentsOf(text: string): number {
  // Beyond the alphabet of GSM every character takes two bytes.
  const isGsm = /^[\n\r -~£¥èéùìòÇØøÅåΔΦΓΛΩΠΨΣΘΞÆæßÉÄÖÑÜ§¿äöñüà€]*$/.test(text);
  const [whole, part] = isGsm ? [160, 153] : [70, 67];
  return text.length <= whole ? 1 : Math.ceil(text.length / part);
}

function counted(
  scope: "sms" | "sms_number",
  subject: string,
  dailyCalls: number | undefined,
): BudgetAccount {
  return { scope, subject, limits: present({ dailyCalls }) };
}
