import { wordsOf } from "./words.ts";

/** Longer is more than a hello. */
const MAX_WORDS = 6;

/**
 * Whether somebody who takes a call has said no more than that they are there, such as "Hello? Yes, good
 * morning": what comes next answers it. Names are not known here: who says theirs is answered.
 */
export function isHello(text: string): boolean {
  const words = wordsOf(text);
  return words.length > 0 && words.length <= MAX_WORDS && words.every((word) => HELLOS.has(word));
}

const HELLOS: ReadonlySet<string> = new Set([
  ..."hello hi hey yes yeah yep yup good morning afternoon evening day speaking ok okay".split(" "),
  ..."hallo ja bitte guten tag morgen abend gruss gott servus moin jawohl".split(" "),
  ..."hola si diga digame bueno buenos buenas dias tardes noches alo".split(" "),
  ..."allo oui bonjour bonsoir".split(" "),
  ..."pronto buongiorno buonasera".split(" "),
  ..."goedemorgen goedemiddag goedenavond dag met".split(" "),
  ..."ola sim estou bom dia boa tarde noite".split(" "),
  ..."halo slucham tak dzien dobry wieczor prosze".split(" "),
]);
