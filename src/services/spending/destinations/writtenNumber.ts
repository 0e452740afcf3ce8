import {
  type CountryCode,
  isSupportedCountry,
  parsePhoneNumberFromString,
} from "libphonenumber-js/max";

import { emergencyNumbers } from "./destination.ts";

/** A number in E.164 form, or what is wrong with how it is written. */
export type WrittenNumber =
  | { readonly ok: true; readonly number: string }
  | {
    readonly ok: false;
    readonly code: "missing_number" | "spreadsheet_number" | "no_country" | "not_a_number";
    readonly sentence: string;
  };

/**
 * Reads a number as people and spreadsheets write it. `country` is where numbers without a country code
 * are dialled from. Says nothing of whether it may be dialled.
 */
export function readWrittenNumber(written: string, country?: string): WrittenNumber {
  // Spreadsheets keep texts with an apostrophe in front, and add decimals to numbers.
  const text = written.normalize("NFKC").trim().replace(/^['\u2019]/, "").replace(/^tel:/i, "")
    .replace(/[\u200b-\u200f\u202a-\u202e\u2060\ufeff]/g, "").replace(/^(\+?\d{7,15})[.,]0+$/, "$1")
    .trim();
  if (text === "") return refused("missing_number", "There is no number.");
  if (/^[+-]?\d+([.,]\d+)?e[+-]?\d+$/i.test(text)) {
    return refused(
      "spreadsheet_number",
      // Without the number: what was refused and why stays when the number is erased.
      "The spreadsheet has shortened this number, and its last digits are lost: format the column as text and enter it again.",
    );
  }
  if (/^\+[1-9]\d{6,14}$/.test(text)) return { ok: true, number: text };
  if (!/^[+(]?[\d\s().\/\u2010-\u2015-]+$/.test(text)) {
    return refused("not_a_number", "This is not a phone number.");
  }
  // As dialled from Europe.
  const international = text.replace(/^00(?=[1-9])/, "+").replace(/\(0\)/, "");
  if (international.startsWith("+")) {
    return { ok: true, number: `+${international.replace(/\D/g, "")}` };
  }
  const digits = text.replace(/\D/g, "");
  // No country would make another number of it.
  if (emergencyNumbers.has(digits)) return { ok: true, number: digits };
  const from = country?.toUpperCase() ?? "";
  if (!isSupportedCountry(from)) {
    return refused(
      "no_country",
      "The number has no country code: write it as +14155550123, or say which country such numbers belong to.",
    );
  }
  const national: CountryCode = from;
  const parsed = parsePhoneNumberFromString(text, national);
  // With the country's code in front, 911 and 12 would be the beginnings of other numbers.
  if (digits.length <= 6 && parsed?.isValid() !== true) return { ok: true, number: digits };
  return parsed === undefined
    ? refused("not_a_number", "This is not a phone number.")
    : { ok: true, number: parsed.number };
}

/** Whether there are numbers of a country, by its two letters. */
export function hasNumbers(country: string): boolean {
  return isSupportedCountry(country.toUpperCase());
}

function refused(
  code: Extract<WrittenNumber, { ok: false }>["code"],
  sentence: string,
): WrittenNumber {
  return { ok: false, code, sentence };
}
