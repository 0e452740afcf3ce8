import type { CallDirection } from "../../call/types.ts";
import type { Settings } from "../../config/settings.ts";
import type { PageLimits } from "../../utils/auth.ts";
import { pseudonymOf } from "../../utils/pseudonym.ts";
import type { BudgetAccount, BudgetLimits, BudgetScope } from "../store.ts";
import { present } from "../../utils/present.ts";

/** The properties of a call that limits depend on. */
export interface CountedCall {
  readonly direction: CallDirection;
  readonly keyName?: string | undefined;
  /** The far end's number; absent where it is withheld. */
  readonly number?: string | undefined;
  /** The address that a browser calls from. */
  readonly address?: string | undefined;
}

/** All accounts for which a call counts, the narrowest first; those without a limit are left out. */
export type CallAccounts = (call: CountedCall) => readonly BudgetAccount[];

/** The name of the secret that keys the pseudonyms of numbers and addresses. */
export const ACCOUNT_SECRET = "account_key";

/** Creates the function that lists the accounts of a call. `secret` keys the pseudonyms of numbers and addresses. */
export function createCallAccounts(
  { limits, outbound, server }: Pick<Settings, "limits" | "outbound" | "server">,
  secret: string,
): CallAccounts {
  const pages = new Map(
    server.apiKeys.flatMap(({ name, page }) => page === undefined ? [] : [[name, page.limits]]),
  );
  const { perMinute, concurrent, dailyMinutes, dailyUsd, perNumberDaily } = outbound;
  const { webCallsPerKey, webCallsPerVisitor } = limits;
  const outboundLimits: BudgetLimits = {
    perMinute,
    concurrent,
    ...present({ dailyMinutes, dailyUsd }),
  };

  return (call) =>
    [...narrow(call), ...wide(call)].filter(({ scope, limits }) =>
      // Who is called counts for the agents that have a limit, whoever calls.
      scope === "number" || Object.keys(limits).length > 0
    );

  function narrow({ direction, keyName = "", number, address }: CountedCall) {
    switch (direction) {
      case "outbound":
        return [
          account("outbound", keyName, outboundLimits),
          account(
            "number",
            pseudonymOf(number ?? "", secret),
            optional("dailyCalls", perNumberDaily),
          ),
        ];
      case "inbound":
        return [account("caller", pseudonymOf(number ?? WITHHELD, secret), limits.caller)];
      case "web":
        return [
          ...ofKey(keyName, address),
          ...(address === undefined || isShared(address) ? [] : [
            account("visitor", pseudonymOf(address, secret), {
              ...limits.visitor,
              ...optional("concurrent", webCallsPerVisitor),
            }),
          ]),
        ];
    }
  }

  function ofKey(keyName: string, address: string | undefined): readonly BudgetAccount[] {
    const page = pages.get(keyName);
    if (page === undefined) {
      return [account("web", keyName, optional("concurrent", webCallsPerKey))];
    }
    return [
      ...(address === undefined || isShared(address) ? [] : [
        account(
          "public_visitor",
          `${keyName} ${pseudonymOf(address, secret)}`,
          visitorLimits(page),
        ),
      ]),
      account("public_key", keyName, publicLimits(page)),
    ];
  }

  function wide({ direction, keyName }: CountedCall) {
    const isOwn = keyName !== undefined && !pages.has(keyName);
    return [
      ...(isOwn ? [account("key", keyName, limits.key)] : []),
      ...(direction === "inbound" ? [account("inbound", "", limits.inbound)] : []),
      account("server", "", limits.server),
    ];
  }
}

const WITHHELD = "withheld";

function account(scope: BudgetScope, subject: string, limits: BudgetLimits): BudgetAccount {
  return { scope, subject, limits };
}

function visitorLimits({ visitorCalls, visitorMinutes }: PageLimits): BudgetLimits {
  return present({ dailyCalls: visitorCalls, dailyMinutes: visitorMinutes });
}

function publicLimits({ concurrent, calls, minutes, usd }: PageLimits): BudgetLimits {
  return present({ concurrent, dailyCalls: calls, dailyMinutes: minutes, dailyUsd: usd });
}

function optional(limit: keyof BudgetLimits, value: number | undefined): BudgetLimits {
  return value === undefined ? {} : { [limit]: value };
}

/** Whether the address is of this machine or a private network: a proxy or gateway that many visitors share. */
function isShared(address: string): boolean {
  return /^(127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.)/
    .test(address) ||
    /^(0:0:0:0::\/64|::|f[cd][0-9a-f]{2}:|fe[89ab][0-9a-f]:)/i.test(address) ||
    !/[.:]/.test(address);
}
