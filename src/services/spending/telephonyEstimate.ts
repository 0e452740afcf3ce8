/**
 * The highest price of a minute in dollars by carriers' price lists, including the media stream. Used where
 * no price is set.
 */
export function estimatedUsdPerMinute(
  direction: "inbound" | "outbound",
  number: string | undefined,
): number {
  if (direction === "inbound") return INBOUND;
  // Over the internet, to the operator's own line.
  if (number !== undefined && /^sips?:/.test(number)) return NORTH_AMERICA;
  const digits = number?.replace(/^\+/, "") ?? "";
  if (digits.startsWith("1")) {
    return expensiveNorthAmerica.has(digits.slice(1, 4)) ? ELSEWHERE : NORTH_AMERICA;
  }
  for (let length = 3; length >= 1; length--) {
    const price = countries[digits.slice(0, length)];
    if (price !== undefined) return price;
  }
  return ELSEWHERE;
}

const INBOUND = 0.02;
const NORTH_AMERICA = 0.02;
const ELSEWHERE = 0.6;

/** Mobile phones, by calling code. */
const countries: Readonly<Record<string, number>> = {
  "30": 0.15,
  "31": 0.15,
  "32": 0.15,
  "33": 0.15,
  "34": 0.1,
  "351": 0.1,
  "352": 0.15,
  "353": 0.15,
  "354": 0.15,
  "356": 0.2,
  "357": 0.15,
  "358": 0.15,
  "359": 0.25,
  "36": 0.15,
  "370": 0.25,
  "371": 0.25,
  "372": 0.25,
  "385": 0.25,
  "386": 0.25,
  "39": 0.15,
  "40": 0.15,
  "41": 0.4,
  "420": 0.15,
  "421": 0.15,
  "43": 0.15,
  "44": 0.1,
  "45": 0.1,
  "46": 0.1,
  "47": 0.15,
  "48": 0.15,
  "49": 0.15,
  "52": 0.1,
  "55": 0.2,
  "61": 0.15,
  "64": 0.15,
  "65": 0.1,
  "81": 0.25,
  "82": 0.15,
  "852": 0.15,
  "91": 0.1,
  "972": 0.15,
};

/** Area codes of +1 beyond the United States and Canada. */
const expensiveNorthAmerica: ReadonlySet<string> = new Set(
  ("242 246 264 268 284 340 345 441 473 649 658 664 670 671 684 721 758 767 784 787 809 829 849 " +
    "868 869 876 939").split(" "),
);
