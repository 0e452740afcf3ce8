import { z } from "zod";
import { present } from "../utils/present.ts";
import { closed, type Hours, week } from "./hoursSchema.ts";
import { e164, entryName } from "./schemaParts.ts";

/** Who is called by a transfer. */
export type TransferTarget =
  | { readonly kind: "number"; readonly number: string }
  | {
    readonly kind: "sip";
    /** Such as `sip:desk@pbx.example.com`. */
    readonly uri: string;
    /** A caller who comes by SIP is handed to it by REFER, and leaves this server. */
    readonly refer: boolean;
  };

/** How a caller is put through to a person. */
export interface Transfer {
  readonly targets: readonly TransferTarget[];
  readonly order: "in_turn" | "at_once";
  readonly mode: TransferMode;
  readonly ringSeconds: number;
  /** Of the talk with the person. */
  readonly maxMinutes?: number;
  /** By the clocks of the agent's time zone. */
  readonly hours?: Pick<Hours, "week" | "closed">;
  /** What becomes of a call that an answering machine takes. */
  readonly machine: "return" | "connect";
  /** What follows when the person hangs up. */
  readonly then: "hang_up" | "return";
  readonly sentence?: string;
  /** What a caller hears again and again who waits while a person is asked. */
  readonly hold?: { readonly text: string; readonly everySeconds: number };
  /** What the agent does, in its own words, where nobody takes the call. */
  readonly unanswered?: string;
  /** Words by which a person takes a call, beside a yes. */
  readonly accept?: readonly string[];
}

/** `warm` asks the person first, `conference` keeps the agent on the line as well. */
export type TransferMode = (typeof transferModes)[number];

const transferModes = ["cold", "warm", "conference"] as const;

/** Other parameters, such as `maddr`, send a call to another host than the one that is allowed. */
const sipUri = z.string().max(255).regex(
  /^sips?:[A-Za-z0-9+_.!~*'()%-]{1,100}@[A-Za-z0-9.-]{1,253}(:\d{1,5})?(;(transport=(udp|tcp|tls|UDP|TCP|TLS)|user=(phone|ip)|(edge|region)=[a-z0-9-]{1,40}))*$/,
  'must be a SIP address, such as "sip:desk@pbx.example.com", with no parameters but transport, user, edge and region',
).refine(
  (uri) => isPort(/@[^:;]+:(\d+)/.exec(uri)?.[1] ?? "5060"),
  "must have a port from 1 to 65535",
);

function isPort(digits: string): boolean {
  return Number(digits) >= 1 && Number(digits) <= 65_535;
}

const target = z.union(
  [
    e164.transform((number): TransferTarget => ({ kind: "number", number })),
    sipUri.transform((uri): TransferTarget => ({ kind: "sip", uri, refer: false })),
    z.strictObject({ sip: sipUri, refer: z.boolean().default(false) })
      .transform(({ sip, refer }): TransferTarget => ({ kind: "sip", uri: sip, refer })),
  ],
  'must be a number such as "+14155550123", or an address such as "sip:desk@pbx.example.com" with a valid port and no parameters but transport, user, edge and region',
);

/** Twilio rings at no more by one request. */
const MAX_TARGETS = 10;

const text = z.string().trim().min(1).max(1000);

const transfer = z.strictObject({
  number: e164.optional(),
  targets: z.array(target).min(1).max(MAX_TARGETS).optional(),
  order: z.enum(["in_turn", "at_once"]).default("in_turn"),
  mode: z.enum(transferModes).default("cold"),
  // Twilio adds some five seconds to a timeout, which is five at least: less than ten ring for ten.
  ring_seconds: z.number().int().min(5).max(120).default(20),
  max_minutes: z.number().int().min(1).max(240).optional(),
  hours: z.strictObject({ open: week, closed }).optional(),
  machine: z.enum(["return", "connect"]).default("return"),
  then: z.enum(["hang_up", "return"]).default("hang_up"),
  sentence: z.string().max(500).optional(),
  unanswered: text.optional(),
  hold: z.strictObject({
    text: z.string().trim().min(1).max(500),
    every_seconds: z.number().int().min(5).max(300).default(20),
  }).optional(),
  accept: z.array(z.string().trim().min(1).max(60)).min(1).max(20).optional(),
}).transform((given, context): Transfer => {
  const { number, targets, ring_seconds, max_minutes, hours, sentence, unanswered, accept } = given;
  const { order, mode, machine, then, hold } = given;
  if ((number === undefined) === (targets === undefined)) {
    context.addIssue("must have either number or targets");
    return z.NEVER;
  }
  return {
    order,
    mode,
    machine,
    then,
    targets: targets ?? [{ kind: "number", number: number ?? "" }],
    ringSeconds: ring_seconds,
    ...present({ maxMinutes: max_minutes, sentence, unanswered, accept }),
    ...(hold !== undefined && { hold: { text: hold.text, everySeconds: hold.every_seconds } }),
    ...(hours !== undefined && { hours: { week: hours.open, closed: hours.closed } }),
  };
});

/** `transfers` of an agent's file. */
export const transfers = z.record(entryName, transfer).refine(
  (transfers) => Object.keys(transfers).length <= 64,
  "must be 64 at most",
).default({});
