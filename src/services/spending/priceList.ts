import type { RecordSettings } from "../../config/settings.ts";
import { listPrices, type Prices, readPrices, withTelephony } from "./pricing.ts";

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
