import {
  type AccountNumber,
  flowWebhook,
  forwardingFlow,
  type NumberSettings,
  type TwilioAccountNumbers,
  type TwilioFlows,
} from "../../services/twilioOutbound.ts";
import { newToken } from "../../utils/ids.ts";
import { present } from "../../utils/present.ts";
import type { ConnectMemory } from "./connectMemory.ts";
import type { KnownProcess } from "./knownProcess.ts";
import { changesFor, differing, entriesOf } from "./numberChanges.ts";
import type { RememberedFlow, RememberedNumber } from "./rememberedNumber.ts";

/** Where calls go while this server is away. */
export type Fallback =
  | { readonly kind: "phone"; readonly to: string }
  | { readonly kind: "url"; readonly url: string };

export interface ConnectDeps {
  readonly account: TwilioAccountNumbers;
  readonly flows: TwilioFlows;
  readonly memory: ConnectMemory;
  readonly accountSid: string;
  /** Of Twilio's API. */
  readonly apiHost: string;
  /** The command that puts numbers back as it ends; absent where they stay connected. */
  readonly owner?: KnownProcess;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export interface ConnectTarget {
  readonly publicUrl: string;
  /** Undefined leaves the number's own. */
  readonly fallback: Fallback | undefined;
}

/** The address of a flow in a plan, where it has yet to be made. */
export const FLOW_TO_BE_MADE = "(a flow of Twilio Studio)";

/** What connecting a number would change; empty where it is connected. */
export function planOf(
  number: AccountNumber,
  { publicUrl, fallback }: ConnectTarget,
  { memory, accountSid }: Pick<ConnectDeps, "memory" | "accountSid">,
): Partial<NumberSettings> {
  const sid = fallback?.kind === "phone"
    ? memory.find(number.sid)?.flows.find(({ to }) => to === fallback.to)?.sid
    : undefined;
  const made = sid === undefined ? FLOW_TO_BE_MADE : flowWebhook(accountSid, sid);
  const fallbackUrl = fallback?.kind === "url" ? fallback.url : fallback && made;
  return changesFor(number, { publicUrl, fallbackUrl });
}

/** Settings that were changed by hand: they are neither as they were remembered nor as they were ever set. */
export function foreignChanges(
  settings: NumberSettings,
  { before, set, earlier, flows, accountSid }: Pick<
    RememberedNumber,
    "before" | "set" | "earlier" | "flows" | "accountSid"
  >,
): Partial<NumberSettings> {
  const foreign = Object.fromEntries(
    entriesOf(before).filter(([name, value]) =>
      ![value, set[name], ...earlier.map((it) => it[name])].includes(settings[name])
    ),
  );
  // A command that was broken off leaves the flow before the one that it has remembered.
  const isOfFlow = flows.some(({ sid }) =>
    sid !== undefined && flowWebhook(accountSid, sid) === settings.VoiceFallbackUrl
  );
  return isOfFlow
    ? Object.fromEntries(entriesOf(foreign).filter(([name]) => name !== "VoiceFallbackUrl"))
    : foreign;
}

/**
 * Points a number at this server. What was there before is on the disk before anything changes, so that a crash at
 * any moment can be undone, or the same done again. Returns the settings that Twilio did not take.
 */
export async function connectNumber(
  number: AccountNumber,
  target: ConnectTarget,
  deps: ConnectDeps,
): Promise<Partial<NumberSettings>> {
  const { account, flows, memory, accountSid } = deps;
  const planned = planOf(number, target, deps);
  let remembered = entryFor(number, planned, deps);
  const keep = (changed: Partial<RememberedNumber>) => {
    remembered = { ...remembered, ...changed };
    memory.keep(remembered);
  };
  keep({});
  let changes = planned;
  if (target.fallback?.kind === "phone") {
    const VoiceFallbackUrl = flowWebhook(accountSid, await ensureFlow(target.fallback.to));
    changes = { ...planned, ...differing(number.settings, { VoiceFallbackUrl }) };
    keep({ set: { ...remembered.set, VoiceFallbackUrl } });
  }
  const changed = await account.change(number.sid, changes);
  const refused = differing(changed.settings, changes);
  if (entriesOf(refused).length === 0) keep({ earlier: [] });
  await removeOtherFlows(changed.settings.VoiceFallbackUrl);
  return refused;

  /** Its name is remembered first: one that was made just before a crash is found by it. */
  async function ensureFlow(to: string): Promise<string> {
    const known = remembered.flows.find((flow) => flow.to === to);
    if (known?.sid !== undefined) return known.sid;
    const name = known?.name ?? `Calls go to ${to} (${newToken().slice(0, 12)})`;
    if (known === undefined) keep({ flows: [...remembered.flows, { name, to }] });
    const found = known === undefined ? undefined : await flows.find(name);
    const sid = found ?? await flows.create(name, forwardingFlow(to));
    const others = remembered.flows.filter((flow) => flow.name !== name);
    keep({ flows: [...others, { name, to, sid }] });
    return sid;
  }

  /** Flows that were made for an earlier wish. */
  async function removeOtherFlows(fallbackUrl: string): Promise<void> {
    const isUsed = ({ sid }: RememberedFlow) =>
      sid !== undefined && flowWebhook(accountSid, sid) === fallbackUrl;
    for (const flow of remembered.flows.filter((flow) => !isUsed(flow))) {
      await removeFlow(flow, flows);
      keep({ flows: remembered.flows.filter(({ name }) => name !== flow.name) });
    }
  }
}

/**
 * Makes the owner responsible for restoring a number that needs no change: to the settings that are remembered of it,
 * and otherwise to those that it has.
 */
export function claimNumber(number: AccountNumber, deps: ConnectDeps): void {
  deps.memory.keep(entryFor(number, {}, deps));
}

/** What is to be remembered of a number before the planned changes are made. */
function entryFor(
  number: AccountNumber,
  planned: Partial<NumberSettings>,
  { memory, accountSid, apiHost, owner, now }: ConnectDeps,
): RememberedNumber {
  const prior = memory.find(number.sid);
  const foreign = prior === undefined ? [] : foreignNames(number.settings, prior);
  const own = entriesOf(prior?.set ?? {}).map(([name]) => name)
    .filter((name) => !foreign.includes(name));
  const there = only(number.settings, own);
  return {
    accountSid,
    apiHost,
    sid: number.sid,
    number: number.number,
    ...present({ owner }),
    rememberedAt: prior?.rememberedAt ?? new Date(now()).toISOString(),
    before: { ...(prior?.before ?? number.settings), ...only(number.settings, foreign) },
    flows: prior?.flows ?? [],
    set: { ...there, ...planned },
    // What is there now stays the first of them, however often Twilio does not answer.
    earlier: prior === undefined ? [] : [
      there,
      ...[...prior.earlier, prior.set].slice(-MAX_EARLIER)
        .map((settings) => without(settings, foreign)),
    ],
  };
}

/** How many changes are remembered that Twilio has not confirmed. */
const MAX_EARLIER = 8;

type SettingName = keyof NumberSettings;

/** What is set together with an address: whoever changes the one has agreed to the others. */
const companions: Partial<Record<SettingName, readonly SettingName[]>> = {
  VoiceUrl: ["VoiceMethod", "VoiceApplicationSid", "TrunkSid"],
  VoiceFallbackUrl: ["VoiceFallbackMethod"],
  StatusCallback: ["StatusCallbackMethod"],
};

function foreignNames(
  settings: NumberSettings,
  remembered: RememberedNumber,
): readonly SettingName[] {
  return entriesOf(foreignChanges(settings, remembered))
    .flatMap(([name]) => [name, ...companions[name] ?? []]);
}

function only(
  settings: Partial<NumberSettings>,
  names: readonly SettingName[],
): Partial<NumberSettings> {
  return Object.fromEntries(entriesOf(settings).filter(([name]) => names.includes(name)));
}

function without(
  settings: Partial<NumberSettings>,
  names: readonly SettingName[],
): Partial<NumberSettings> {
  return Object.fromEntries(entriesOf(settings).filter(([name]) => !names.includes(name)));
}

/** Removes a remembered flow, also one whose SID a crash has lost. */
export async function removeFlow(
  { name, sid }: RememberedFlow,
  flows: Pick<TwilioFlows, "find" | "remove">,
): Promise<void> {
  const made = sid ?? await flows.find(name);
  if (made !== undefined) await flows.remove(made);
}
