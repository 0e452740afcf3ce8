import { z } from "zod";
import table from "./prices.json" with { type: "json" };
import type { RecordSettings } from "../../config/settings.ts";
import type { CallCost, CallUsage } from "../store.ts";
import { estimatedUsdPerMinute } from "./telephonyEstimate.ts";

const usd = z.number().nonnegative();
const tokens = z.strictObject({ input: usd, cached: usd, output: usd });
const priceTable = z.strictObject({
  asOf: z.iso.date(),
  models: z.record(z.string(), z.strictObject({ text: tokens, audio: tokens })),
  /** Of models that only read and write, and of those that make vectors, which write nothing. */
  text: z.record(z.string(), tokens),
  transcription: z.record(
    z.string(),
    z.strictObject({
      input: usd.optional(),
      output: usd.optional(),
      perMinute: usd.optional(),
    }),
  ),
  telephony: z.strictObject({
    inboundPerMinute: usd.optional(),
    outboundPerMinute: usd.optional(),
  }).optional(),
});

/** Prices in dollars: per million tokens, or per minute where the name says so. */
export type Prices = z.infer<typeof priceTable>;

/** The built-in prices, of the day `asOf`. */
export const listPrices: Prices = priceTable.parse(table);

/** What the cost of a call is computed from. */
export interface BillableCall {
  readonly usage: CallUsage;
  readonly model?: string | undefined;
  readonly transcriptionModel?: string | undefined;
  /** Absent for a web call. */
  readonly phone?: PhoneTime;
}

/** The carrier's part of a call. */
export interface PhoneTime {
  readonly direction: "inbound" | "outbound";
  /** From the answer to the end of the last leg. */
  readonly connectedMs: number;
  /** The part during which a transfer used a second leg. */
  readonly transferredMs?: number;
  /** Where that leg went. */
  readonly transferNumber?: string | undefined;
  /** Of people with whom the caller has talked before. */
  readonly personLegs?: readonly PersonLeg[] | undefined;
  /** The far end's number, of a placed call. */
  readonly number?: string | undefined;
}

/** The second leg of a transfer; without a number it went to the operator's own trunk. */
export interface PersonLeg {
  readonly ms: number;
  readonly number?: string | undefined;
}

/**
 * What a call costs, to the millionth of a dollar. A part that was used and has no known price is
 * null, never 0, and makes the sum null; only telephony is estimated where no price is set.
 */
export function costOf(call: BillableCall, prices: Prices = listPrices): CallCost {
  const { usage } = call;
  const model = priceOf(prices.models, call.model);
  const phone = telephonyCost(call.phone, prices.telephony);
  const parts: CallCost["parts"] = {
    text: tokenCost(usage.inputText, usage.cachedText, usage.outputText, model?.text),
    audio: tokenCost(usage.inputAudio, usage.cachedAudio, usage.outputAudio, model?.audio),
    transcription: transcriptionCost(usage, priceOf(prices.transcription, call.transcriptionModel)),
    telephony: phone.usd,
  };
  const { text, audio, transcription, telephony } = parts;
  const known = text !== null && audio !== null && transcription !== null;
  return {
    usd: known ? micro(text + audio + transcription + (telephony ?? 0)) : null,
    parts,
    ...(phone.isEstimated && { telephonyEstimated: true }),
  };
}

/** What a text model costs that has read and written so many tokens; null where its price is not known. */
export function textModelUsd(
  { model, inputTokens, cachedTokens, outputTokens }: {
    readonly model: string;
    readonly inputTokens: number;
    /** Part of the input. */
    readonly cachedTokens: number;
    readonly outputTokens: number;
  },
  prices: Prices = listPrices,
): number | null {
  const price = priceOf(prices.text, model);
  return price === undefined ? null : tokenCost(inputTokens, cachedTokens, outputTokens, price);
}

/** What a model costs that has spoken so many audio tokens; null where its price is not known. */
export function speechUsd(
  model: string | undefined,
  outputAudio: number,
  prices: Prices = listPrices,
): number | null {
  return priceTimes(outputAudio / 1e6, priceOf(prices.models, model)?.audio.output);
}

/** The prices by the settings. Throws an `Error` that names the setting at fault. */
export async function loadPrices(
  { pricesFile, telephonyUsdPerMinute }: RecordSettings,
): Promise<Prices> {
  const prices = pricesFile === undefined ? listPrices : await readPricesFile(pricesFile);
  return telephonyUsdPerMinute === undefined
    ? prices
    : withTelephony(prices, telephonyUsdPerMinute);
}

async function readPricesFile(path: string): Promise<Prices> {
  try {
    return readPrices(await Deno.readTextFile(path));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`PRICES_FILE ${path}: ${reason}`, { cause: error });
  }
}

/**
 * Reads prices that replace some of the list: a JSON object of the same shape, of which any part may
 * be left out. Throws an `Error` that names the first thing wrong.
 */
export function readPrices(json: string, base: Prices = listPrices): Prices {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new Error("Cannot read the prices: they are no JSON", { cause: error });
  }
  const { success, data, error } = priceTable.partial().safeParse(value);
  if (!success) {
    const [issue] = error.issues;
    throw new Error(
      `Cannot read the prices: ${
        issue?.path.map(String).join(".") || "the file"
      }: ${issue?.message}`,
    );
  }
  const telephony = { ...base.telephony, ...data.telephony };
  return {
    asOf: data.asOf ?? base.asOf,
    models: { ...base.models, ...data.models },
    text: { ...base.text, ...data.text },
    transcription: { ...base.transcription, ...data.transcription },
    ...(Object.keys(telephony).length > 0 && { telephony }),
  };
}

/** Sets one price per minute for both directions. */
export function withTelephony(prices: Prices, usdPerMinute: number): Prices {
  return {
    ...prices,
    telephony: { inboundPerMinute: usdPerMinute, outboundPerMinute: usdPerMinute },
  };
}

interface TokenPrice {
  readonly input: number;
  readonly cached: number;
  readonly output: number;
}

/** Cached tokens are part of the input, at a price of their own. */
function tokenCost(
  input: number,
  cachedInput: number,
  output: number,
  price: TokenPrice | undefined,
): number | null {
  if (input <= 0 && output <= 0) return 0;
  if (price === undefined) return null;
  const cached = Math.min(Math.max(0, cachedInput), input);
  return micro(
    ((input - cached) * price.input + cached * price.cached + output * price.output) / 1e6,
  );
}

function transcriptionCost(
  usage: CallUsage,
  price: Prices["transcription"][string] | undefined,
): number | null {
  const { transcriptionInput, transcriptionOutput, transcriptionSeconds } = usage;
  const priced = [
    priceTimes(transcriptionInput / 1e6, price?.input),
    priceTimes(transcriptionOutput / 1e6, price?.output),
    priceTimes(transcriptionSeconds / 60, price?.perMinute),
  ];
  return priced.reduce((sum, part) => sum === null || part === null ? null : micro(sum + part), 0);
}

/** Carriers bill every minute begun, of every leg. */
function telephonyCost(
  phone: PhoneTime | undefined,
  prices: Prices["telephony"],
): { readonly usd: number; readonly isEstimated: boolean } {
  if (phone === undefined || phone.connectedMs <= 0) return { usd: 0, isEstimated: false };
  const { direction, connectedMs, transferredMs = 0, transferNumber, number } = phone;
  const legs = [{ ms: transferredMs, number: transferNumber }, ...phone.personLegs ?? []];
  const { inboundPerMinute, outboundPerMinute } = prices ?? {};
  const set = direction === "inbound" ? inboundPerMinute : outboundPerMinute;
  const own = minutesOf(connectedMs) * (set ?? estimatedUsdPerMinute(direction, number));
  const second = legs.reduce(
    (usd, { ms, number }) =>
      usd + minutesOf(ms) * (outboundPerMinute ?? estimatedUsdPerMinute("outbound", number)),
    0,
  );
  return {
    usd: micro(own + second),
    isEstimated: set === undefined ||
      legs.some(({ ms }) => ms > 0) && outboundPerMinute === undefined,
  };
}

function minutesOf(ms: number): number {
  return Math.ceil(Math.max(0, ms) / 60_000);
}

function priceTimes(amount: number, price: number | undefined): number | null {
  if (amount <= 0) return 0;
  return price === undefined ? null : micro(amount * price);
}

/** A dated snapshot, such as `gpt-realtime-2025-08-28`, costs what its model does. */
function priceOf<T>(prices: Readonly<Record<string, T>>, model: string | undefined): T | undefined {
  if (model === undefined) return undefined;
  const name = Object.hasOwn(prices, model) ? model : model.replace(/-\d{4}-\d{2}-\d{2}$/, "");
  return Object.hasOwn(prices, name) ? prices[name] : undefined;
}

function micro(dollars: number): number {
  return Math.round(dollars * 1e6) / 1e6;
}
