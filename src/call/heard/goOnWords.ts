import { wordsOf } from "./words.ts";

/** A longer utterance asks for something else as well. */
const MAX_WORDS = 8;

/**
 * Whether a caller asks the agent to say the rest of what was cut off, and nothing else; in the given
 * languages, of which none means any.
 */
export function isGoOn(text: string, languages: readonly string[]): boolean {
  const words = wordsOf(text).filter((word) => !FILLERS.has(word));
  if (words.length === 0 || words.length > MAX_WORDS) return false;
  const known = languages.map((language) => language.split("-", 1)[0] ?? "")
    .filter((language) => Object.hasOwn(PHRASES, language));
  const used = known.length === 0 ? Object.keys(PHRASES) : [...new Set([...known, "en"])];
  let rest = ` ${words.join(" ")} `;
  const phrases = used.flatMap((language) => PHRASES[language] ?? []);
  const found = phrases.filter((phrase) => rest.includes(` ${phrase} `));
  if (found.length === 0) return false;
  for (const phrase of found) rest = rest.replaceAll(` ${phrase} `, " ");
  return wordsOf(rest).every((word) => COURTESIES.has(word));
}

/** Longer phrases first, so that none is left in half. */
function phrases(list: string): readonly string[] {
  return list.split(",").map((phrase) => wordsOf(phrase).join(" "))
    .sort((a, b) => b.length - a.length);
}

const PHRASES: Readonly<Record<string, readonly string[]>> = {
  en: phrases(
    "go on,go ahead,continue,carry on,keep going,please continue,you can continue,you may continue,you were saying,what were you saying,as you were saying,and then,finish,finish your sentence,proceed,im listening,i am listening",
  ),
  de: phrases(
    "weiter,mach weiter,machen sie weiter,fahren sie fort,sprechen sie weiter,reden sie weiter,erzählen sie weiter,sie können weitersprechen,ich höre,ich höre zu,und weiter",
  ),
  es: phrases(
    "siga,sigue,continúe,continúa,adelante,prosiga,dígame,le escucho,te escucho,y qué más",
  ),
  fr: phrases(
    "continuez,continue,allez y,poursuivez,vas y,je vous écoute,je t'écoute,vous disiez,et ensuite",
  ),
  it: phrases(
    "continui,continua,vada avanti,vai avanti,prosegua,la ascolto,ti ascolto,stava dicendo",
  ),
  nl: phrases("ga door,gaat u door,ga verder,gaat u verder,vertel verder,ik luister,u zei"),
  pt: phrases(
    "continue,continua,prossiga,pode continuar,pode falar,siga,estou ouvindo,estou a ouvir",
  ),
  pl: phrases(
    "proszę kontynuować,kontynuuj,dalej,proszę dalej,proszę mówić dalej,słucham,mów dalej",
  ),
};

/** What may stand anywhere in it. */
const FILLERS: ReadonlySet<string> = new Set([
  "please",
  "bitte",
  "sorry",
  "ja",
  "yes",
  "ok",
  "okay",
]);

/** What may stand beside it in any language. */
const COURTESIES: ReadonlySet<string> = new Set(wordsOf(
  "please sorry yes yeah ok okay oh no uh um sure right just i me bitte ja entschuldigung gut ach nein sí por favor perdón vale bueno oui pardon s'il vous te plaît plait d'accord sì prego scusi bene graag sorry sim desculpe proszę tak przepraszam",
));
