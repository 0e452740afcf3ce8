import { z } from "zod";
import type { AccountState } from "./accountState.ts";

/** Reads what a file says of an account; what it leaves out is as in a new one. Throws a `TypeError` that says why not. */
export function readAccountState(value: unknown): Partial<AccountState> {
  const { error, data } = accountSchema.safeParse(value);
  if (error !== undefined) {
    throw new TypeError(`Cannot read the account:\n${z.prettifyError(error)}`);
  }
  return data;
}

const number = z.string().regex(/^\+[1-9]\d{6,14}$/, "must be in E.164 form, such as +14155550123");
const address = z.string().max(2000);
const sid = (prefix: string) =>
  z.string().regex(new RegExp(`^${prefix}[0-9a-f]{32}$`), `must be ${prefix} and 32 hex digits`);

const accountSchema = z.strictObject({
  type: z.enum(["Full", "Trial"]).exactOptional(),
  createdAt: z.iso.datetime().exactOptional(),
  credentials: z.enum(["live", "test"]).exactOptional(),
  status: z.enum(["active", "suspended", "closed"]).exactOptional(),
  /** Null for a subaccount. */
  balance: z.string().regex(/^-?\d{1,9}(\.\d{1,4})?$/, 'must be an amount such as "12.50"')
    .nullable().transform((amount) => amount ?? undefined).exactOptional(),
  numbers: z.array(z.strictObject({
    number,
    name: z.string().max(64).exactOptional(),
    voiceUrl: address.exactOptional(),
    voiceMethod: z.enum(["GET", "POST"]).exactOptional(),
    fallbackUrl: address.exactOptional(),
    statusCallback: address.exactOptional(),
    applicationSid: sid("AP").exactOptional(),
    trunkSid: sid("TK").exactOptional(),
    receiveMode: z.enum(["voice", "fax"]).exactOptional(),
    hasVoice: z.boolean().exactOptional(),
  })).max(100).exactOptional(),
  callerIds: z.array(number).max(100).exactOptional(),
  countries: z.array(z.string().regex(/^[A-Z]{2}$/, "must be a code such as US")).max(300)
    .exactOptional(),
  alerts: z.array(z.strictObject({
    code: z.int().min(1).max(999_999),
    text: z.string().max(500).default(""),
    url: address.exactOptional(),
    agoMs: z.int().min(0).default(0),
  })).max(100).exactOptional(),
  alertDelayMs: z.int().min(0).max(600_000).exactOptional(),
  trunks: z.array(z.strictObject({ sid: sid("TK"), name: z.string().max(64) })).max(100)
    .exactOptional(),
  services: z.array(z.strictObject({ sid: sid("MG"), numbers: z.array(number).max(100) })).max(20)
    .exactOptional(),
  campaign: z.enum(["VERIFIED", "PENDING", "FAILED"]).exactOptional(),
});
