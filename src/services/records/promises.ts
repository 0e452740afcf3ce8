import type { TranscriptTurn } from "../../call/callEvent.ts";
import { heardSentences } from "./heardSentences.ts";

/** What an agent has committed to. */
export type PromiseKind = "price" | "time" | "callback";

/** Something that the agent has said to a caller who heard it to the end, and that may be held against it. */
export interface HeardPromise {
  readonly kind: PromiseKind;
  readonly sentence: string;
  readonly turnId: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** More than a conversation has. */
const MAX_PROMISES = 100;

/**
 * The prices, times and call-backs that the agent has stated in English, German, Spanish or French, found by
 * patterns. A question is no promise, and neither is what the caller has not heard.
 */
export function promisesOf(turns: readonly TranscriptTurn[]): readonly HeardPromise[] {
  return heardSentences(turns)
    .filter(({ text }) => !/[?？]["'”’»]*$/.test(text))
    .flatMap(({ text: sentence, turnId, fromMs, toMs }) =>
      kindsOf(sentence).map((kind) => ({ kind, sentence, turnId, fromMs, toMs }))
    )
    .slice(0, MAX_PROMISES);
}

function kindsOf(sentence: string): readonly PromiseKind[] {
  const kinds: PromiseKind[] = [];
  if (PRICE.test(sentence)) kinds.push("price");
  if (TIME.test(sentence) && COMMITS.test(sentence)) kinds.push("time");
  if (CALLBACK.test(sentence)) kinds.push("callback");
  return kinds;
}

/** Words in any script: `\b` knows only those of ASCII. */
function words(...patterns: readonly string[]): RegExp {
  return new RegExp(`(?<![\\p{L}\\p{N}])(?:${patterns.join("|")})(?![\\p{L}\\p{N}])`, "iu");
}

const CURRENCY =
  "dollars?|bucks|euros?|pounds?|cents?|usd|eur|gbp|chf|francs?|franken|rappen|dólares|dólar|pesos?|libras?|livres?";
/** An amount, in figures or in words. */
const PRICE = new RegExp(
  `[$€£]\\s?\\d|\\d\\s?[$€£]|${words(`(?:\\d[\\d.,]{0,20}|\\p{L}+)[ -](?:${CURRENCY})`).source}`,
  "iu",
);

const TIME = words(
  // Weekdays.
  "(?:mon|tues|wednes|thurs|fri|satur|sun)day",
  "montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag",
  "lunes|martes|miércoles|jueves|viernes|sábado|domingo",
  "lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche",
  // Days that are named by their distance, and spans.
  "today|tonight|tomorrow|next week|heute|morgen|übermorgen|nächste woche",
  "hoy|mañana|pasado mañana|aujourdhui|aujourd['’]hui|demain|après-demain",
  "(?:in|within|innerhalb|binnen|dentro|en|d['’]ici|sous|dans)(?: \\p{L}+)? [\\p{L}\\d]+ (?:minutes?|hours?|days?|weeks?|minuten|stunden?|tagen?|wochen?|minutos?|horas?|días?|semanas?|heures?|jours?|semaines?)",
  // Clock times and dates.
  "\\d{1,2}[:.h]\\d{2}",
  "\\d{1,2} ?(?:a\\.?m|p\\.?m|uhr|h|heures?)",
  "\\p{L}+ o['’]clock|\\p{L}+ uhr",
  "\\d{1,2}(?:st|nd|rd|th|\\.)? (?:of )?(?:de )?(?:jan|feb|mar|mär|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez|ene|abr|ago|dic|fév|avr|jui|aoû|déc)\\p{L}*",
  "(?:january|february|march|april|may|june|july|august|september|october|november|december) \\d{1,2}(?:st|nd|rd|th)?",
  "a las? (?:\\d{1,2}|\\p{L}+)",
);

/** What makes a time a commitment and not a remark. */
const COMMITS = words(
  "will|['’]?ll|\\p{L}+['’]ll|going to|booked|confirmed|scheduled|reserved|appointment|arrives?|deliver\\p{L}*|expects?|ready|see you|by|moved|set",
  "wird|werden|werde|gebucht|bestätigt|reserviert|termin|geliefert|liefern|kommen?|kommt|fertig|bis|erwarten?|sehen uns|verschoben",
  "será|estará|\\p{L}+(?:ré|rá|remos|rán)|reservad[oa]|confirmad[oa]|cita|entreg\\p{L}*|esperamos|list[oa]",
  "sera|serez|\\p{L}+(?:erons|eront|era|irons)|réservée?|confirmée?|rendez-vous|livr\\p{L}*|attend\\p{L}*|prête?",
);

const CALLBACK = words(
  "(?:call|phone|ring) (?:you|u)(?: back)?|get back to you|call(?:ed)? back|callback|return your call",
  "zurückrufen|zurückgerufen|rückruf|rufe?n?t? (?:\\p{L}+ ){0,4}(?:zurück|an)|melde[nt]? (?:\\p{L}+ )?(?:mich|uns|sich)",
  "(?:le|te|lo|la|les|os) (?:\\p{L}+ )?(?:llam\\p{L}+|devolv\\p{L}+)|devolv\\p{L}+ (?:la|su) llamada",
  "(?:vous|te) (?:\\p{L}+ )?(?:rappel\\p{L}+|recontact\\p{L}+)",
);
