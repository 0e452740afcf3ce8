import {
  type NumberType,
  parsePhoneNumberFromString,
  type PhoneNumber,
} from "libphonenumber-js/max";
import areaCodes from "./areaCodes.json" with { type: "json" };

/**
 * What the numbering plans say of a number. The library's tables lag behind, so that a possible number
 * that they do not know is distinguished from an impossible one; the carrier decides in the end.
 */
export interface PlannedNumber {
  readonly country: string | undefined;
  readonly type: NonNullable<NumberType> | undefined;
  /** `known` to be assigned; `possible` by its length and prefix; or neither. */
  readonly assignment: "known" | "possible" | "impossible";
}

/** The time zones of North America's area codes, separated by blanks. */
export const zonesByAreaCode: ReadonlyMap<string, string> = new Map(
  Object.entries(areaCodes).flatMap(([zones, codes]) =>
    codes.split(" ").map((code): [string, string] => [code, zones])
  ),
);

/** Reads a number in E.164 form; undefined where it has no country code. */
export function planOf(to: string): PlannedNumber | undefined {
  const number = parsePhoneNumberFromString(to);
  if (number === undefined || number.number !== to) return undefined;
  const country = countryIn(number);
  if (number.isValid()) return { country, type: number.getType(), assignment: "known" };
  const type = specialTypeNear(number);
  return { country, type, assignment: isPossible(number) ? "possible" : "impossible" };
}

/** The country of a number in E.164 form, also of one that no table knows. */
export function countryOf(to: string): string | undefined {
  const number = parsePhoneNumberFromString(to);
  return number && countryIn(number);
}

/** Several countries may share a code: the first is the one whose table has no bounds. */
function countryIn(number: PhoneNumber): string | undefined {
  if (number.country !== undefined) return number.country;
  const { countryCallingCode, nationalNumber } = number;
  if (countryCallingCode === "1") {
    const zones = zonesByAreaCode.get(nationalNumber.slice(0, 3));
    return zones !== undefined && canadianZones.test(zones) ? "CA" : "US";
  }
  return number.getPossibleCountries()[0];
}

const canadianZones = /Toronto|Halifax|St_Johns|Winnipeg|Regina|Edmonton|Vancouver/;

function isPossible(number: PhoneNumber): boolean {
  const { countryCallingCode, nationalNumber } = number;
  if (!number.isPossible() || nationalNumber.length < SHORTEST) return false;
  if (reservedRanges[countryCallingCode]?.test(nationalNumber) === true) return false;
  return countryCallingCode !== "1" || isNorthAmerican(nationalNumber);
}

/** Below it are emergency, operator and directory numbers, which differ by country. */
const SHORTEST = 7;

/** An area code, an exchange and a line; area codes that no table has are not geographic if they begin so. */
function isNorthAmerican(national: string): boolean {
  if (!/^[2-9]\d{2}[2-9]\d{6}$/.test(national) || /^(\d{3})?[2-9]11/.test(national)) return false;
  const code = national.slice(0, 3);
  return zonesByAreaCode.has(code) ||
    !/^(37|96|88|5|.9|456|6(00|22|33|44|55|77|88)|7[01]0|900)/.test(code);
}

/** Ranges that are expensive or special as a whole, also where no number in them is assigned yet. */
const reservedRanges: Readonly<Record<string, RegExp>> = {
  "39": /^(1|89)/,
  "43": /^(9|8[12])/,
  "44": /^(9|118)/,
  "49": /^(11|13[78]|18|19|900)/,
  "61": /^1/,
};

/**
 * The type of the known numbers with the same prefix, where it is an expensive or special one: a new
 * length or block in their range is of the same type.
 */
function specialTypeNear({ countryCallingCode, nationalNumber }: PhoneNumber) {
  const beginning = `+${countryCallingCode}${nationalNumber.slice(0, 3)}`;
  const known = near.get(beginning);
  if (known !== undefined) return known.type;
  const type = findSpecialType(beginning, nationalNumber.length);
  if (near.size >= MAX_NEAR) near.clear();
  near.set(beginning, { type });
  return type;
}

function findSpecialType(beginning: string, length: number) {
  for (const digits of new Set([length, 8, 9, 10, 11])) {
    for (let next = 0; next <= 9; next++) {
      const rest = "123456789012".slice(0, Math.max(0, digits - 4));
      const type = parsePhoneNumberFromString(`${beginning}${next}${rest}`)?.getType();
      if (type !== undefined && specialTypes.has(type)) return type;
    }
  }
  return undefined;
}

const near = new Map<string, { readonly type: NonNullable<NumberType> | undefined }>();
const MAX_NEAR = 5000;

const specialTypes: ReadonlySet<string> = new Set([
  ...["PREMIUM_RATE", "PERSONAL_NUMBER", "SHARED_COST", "PAGER", "VOICEMAIL"],
]);
