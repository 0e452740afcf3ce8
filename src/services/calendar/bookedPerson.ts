import { isPhoneNumber, isSameNumber } from "../../utils/phoneNumber.ts";
import type { Appointment } from "../store.ts";

/** Who is on the phone, as far as the network says. */
export interface CallerSigns {
  readonly direction: "inbound" | "outbound" | "web";
  readonly caller?: string;
  readonly callerProven?: boolean;
}

/** The number that nobody else can speak from: the one that was called, or that the network vouches for. */
export function provenNumber(
  { direction, caller = "", callerProven }: CallerSigns,
): string | undefined {
  const isProven = direction === "outbound" || (direction === "inbound" && callerProven === true);
  return isProven && isPhoneNumber(caller) ? caller : undefined;
}

/** The number of the call, where it has one: anyone can forge it. */
export function numberOfCall({ caller = "" }: CallerSigns): string | undefined {
  return isPhoneNumber(caller) ? caller : undefined;
}

/** A number that was said, as it is kept; undefined where it is none. */
export function readPhone(text: string): string | undefined {
  const plain = text.replaceAll(/[\s().\-/]/g, "").replace(/^00(?=[1-9])/, "+");
  return /^\+?\d{6,15}$/.test(plain) ? plain : undefined;
}

/** A name as it is kept; undefined where it is none, such as one that a model puts in for want of it. */
export function readName(text: string): string | undefined {
  const name = text.replaceAll(/[\p{C}\s]+/gu, " ").trim();
  if (!/\p{L}/u.test(name) || name.length > MAX_NAME) return undefined;
  return STAND_INS.test(name) ? undefined : name;
}

export const MAX_NAME = 100;

const STAND_INS =
  /^(?:the |your |der |die |le |el )?(?:caller|customer|client|guest|user|name|unknown|anonymous|none|null|undefined|n\/?a|tbd|test|anrufer(?:in)?|kunde|kundin|unbekannt|cliente|desconocido|client|appelant|inconnu)(?: name)?$/i;

/** Whether an appointment is that of a person who says this name and this number. */
export function isOfPerson(
  { name, phone }: Appointment,
  said: { readonly name: string; readonly phone: string },
): boolean {
  return phone !== undefined && isSameNumber(phone, said.phone) && isSameName(name, said.name);
}

/** Whether two names may be those of one person. */
export function isSameName(one: string, other: string): boolean {
  if (one === other) return true;
  const [kept, given] = [partsOf(one), partsOf(other)];
  // The family name alone, or the whole name in another order or with a title.
  const common = given.filter((part) => part.length >= 2 && kept.includes(part));
  return common.length > 0 && common.length >= Math.min(kept.length, given.length);
}

function partsOf(name: string): readonly string[] {
  return name.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase().replaceAll("ß", "ss")
    .split(/[^\p{L}]+/u).filter((part) => part !== "" && !TITLES.has(part));
}

const TITLES: ReadonlySet<string> = new Set(
  "mr mrs ms miss dr prof herr frau senor senora senorita don dona monsieur madame mme m".split(
    " ",
  ),
);
