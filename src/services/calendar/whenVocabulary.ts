/**
 * Words for days and times in English, German, Spanish and French, as they are without accents. All languages
 * are read at once: a model may write in another than the caller speaks.
 */

const WEEKDAYS = [
  "mondays?|mon|montags?|lunes|lundis?",
  "tuesdays?|tues?|dienstags?|martes|mardis?",
  "wednesdays?|weds?|mittwochs?|miercoles|mercredis?",
  "thursdays?|thurs?|thu|donnerstags?|jueves|jeudis?",
  "fridays?|fri|freitags?|viernes|vendredis?",
  "saturdays?|samstags?|sonnabends?|sabados?|samedis?",
  "sundays?|sonntags?|domingos?|dimanches?",
];

const MONTHS = [
  "january|jan|januar|janner|enero|janvier",
  "february|feb|februar|febrero|fevrier",
  "march|mar|marz|marzo|mars",
  "april|apr|abril|avril",
  "may|mai|mayo",
  "june|jun|juni|junio|juin",
  "july|jul|juli|julio|juillet",
  "august|aug|agosto|aout",
  "september|sept?|septiembre|septembre",
  "october|oct|oktober|okt|octubre|octobre",
  "november|nov|noviembre|novembre",
  "december|dec|dezember|dez|diciembre|decembre",
];

const NUMBERS = [
  "an?|one|eine[mnr]?|un|una|une",
  "two|a couple of|zwei|dos|deux",
  "three|drei|tres|trois",
  "four|vier|cuatro|quatre",
  "five|funf|cinco|cinq",
  "six|sechs|seis",
  "seven|sieben|siete|sept",
  "eight|acht|ocho|huit",
];

const anyOf = (lists: readonly string[]) => `(?:${lists.join("|")})`;

const WEEKDAY = anyOf(WEEKDAYS);
const MONTH = anyOf(MONTHS);
const NUMBER = `(?:\\d{1,2}|${NUMBERS.join("|")})`;
/** The year after a day and its month. */
const YEAR = "(?:,? (?:de |del )?(\\d{4}))?";
const DAY_NUMBER = "(\\d{1,2})(?:st|nd|rd|th|er|\\.)?";

/** A pattern on its own: no letter or digit goes before or follows. */
const words = (pattern: string) => new RegExp(`(?<![a-z0-9])(?:${pattern})(?![a-z0-9])`, "g");

/** What stands for a day or for several, the more particular first. */
export const dayPatterns = {
  iso: /(?<![\w-])(\d{4})-(\d{2})-(\d{2})(?:t(?=\d{2}:)|(?![\d-]))/g,
  dotted: /(?<![\d.])(\d{1,2})\.\s?(\d{1,2})\.(?:\s?(\d{4}))?(?!\d)/g,
  dayMonth: words(`${DAY_NUMBER} ?(?:of |de |del )?(${MONTH})${YEAR}`),
  monthDay: words(`(${MONTH})\\.? (?:the )?${DAY_NUMBER}${YEAR}`),
  afterTomorrow: words("(?:the )?day after tomorrow|ubermorgen|pasado manana|apres[- ]demain"),
  weekAfterNext: words("(?:the )?week after next|ubernachste woche"),
  nextWeek: words(
    "next week|(?:nachste|kommende)n? woche|(?:la )?(?:proxima semana|semana (?:que viene|proxima))|(?:la )?semaine prochaine",
  ),
  thisWeek: words("(?:later )?this week|diese woche|esta semana|cette semaine"),
  nextMonth: words(
    "next month|(?:nachsten|kommenden) monat|(?:el )?(?:proximo mes|mes (?:que viene|proximo))|(?:le )?mois prochain",
  ),
  thisMonth: words("this month|diesen monat|este mes|ce mois(?:-ci)?"),
  nextWeekend: words(
    "next weekend|nachstes wochenende|(?:el )?proximo fin de semana|(?:le )?week-?end prochain",
  ),
  weekend: words(
    "(?:this |the )?weekend|(?:dieses )?wochenende|(?:este )?fin de semana|(?:ce )?week-?end",
  ),
  inDays: words(`(?:in|en|dentro de|dans) (${NUMBER}) (?:days?|tage?n?|dias?|jours?)`),
  daysFromNow: words(`(${NUMBER}) days? from (?:now|today)`),
  inWeeks: words(`(?:in|en|dentro de|dans) (${NUMBER}) (?:weeks?|wochen?|semanas?|semaines?)`),
  weeksFromNow: words(`(${NUMBER}) weeks? from (?:now|today)`),
  inMonths: words(`(?:in|en|dentro de|dans) (${NUMBER}) (?:months?|monate?n?|mes(?:es)?|mois)`),
  inMonth: words(`(${MONTH})(?: (\\d{4}))?`),
  nextWeekday: words(`(?:next|nachste[nrs]?) (${WEEKDAY})`),
  comingWeekday: words(
    `(?:this (?:coming )?|coming |kommende[nr]? |diese[nr]? |(?:el )?proximo |este )(${WEEKDAY})|(${WEEKDAY})(?: prochaine?| proximo| que viene)`,
  ),
  weekday: words(`(${WEEKDAY})`),
  dayOfMonth: words(
    "(?:the |on the |am |den |el (?:dia )?|le )(\\d{1,2})(?:st|nd|rd|th|er|\\.)?(?! ?(?::|h\\b|uhr|am\\b|pm\\b))|(\\d{1,2})(?:st|nd|rd|th)",
  ),
  today: words("today|heute|hoy|aujourd'? ?hui"),
  tomorrow: words("tomorrow|tmrw|morgen|manana|demain"),
} as const;

/** What stands for no day in particular. */
export const anyDay = words(
  "(?:as soon as possible|asap|soon(?:est)?|(?:the )?(?:next|first|earliest) (?:available|free|possible)(?: (?:time|slot|appointment|one))?|earliest|any ?time|any day|whenever|so bald wie moglich|baldmoglichst|bald|(?:der )?nachste freie termin|lo antes posible|cuanto antes|(?:le )?plus tot possible|des que possible)",
);

/** A part of this day. */
export const todaysPart = words(
  "tonight|this (?:morning|afternoon|evening)|esta (?:manana|tarde|noche)|ce (?:matin|soir)|cet apres[- ]midi",
);

/** Parts of the day. */
export const partPatterns = {
  morning: new RegExp(
    [
      words("(?:in the |this )?mornings?|vormittags?|morgens|am (?:fruhen )?morgen|fruhs?").source,
      words("(?:(?:por|de|en) la|esta) manana|(?:le |du |ce )?matin(?:ee)?").source,
      // After the name of a day: "Dienstag morgen", "heute morgen".
      "(?<=(?:tag|woch|heute) )morgen(?![a-z])",
    ].join("|"),
    "g",
  ),
  afternoon: words(
    "(?:in the |this )?afternoons?|nachmittags?|(?:(?:por|de|en) la |esta )?tarde|(?:l'|cet )?apres[- ]midi",
  ),
  evening: words(
    "tonight|(?:in the |this )?evenings?|abends?|(?:(?:por|de|en) la |esta )?noche|(?:le |du |ce )?soir(?:ee)?",
  ),
} as const;

/** Clock times; with an hour alone there has to be a word that says it is one. */
export const clockPatterns = {
  noon: words("(?:at )?(?:noon|midday)|mittags?|(?:al? )?mediodia|(?:a )?midi"),
  /** Two hours with all between them. */
  bounds: words(
    "(?:between|zwischen|entre(?: las?)?|from|von|de(?: las?)?) (\\d{1,2}) (?:and|und|y|et|to|bis|a|until|-) (?:las? )?(\\d{1,2})(?! ?(?:[:.h]\\d|am|pm))(?: (?:uhr|h|o'? ?clock))?",
  ),
  full:
    /(?<![\d-])(\d{1,2})(?:[:h]|\.(?=\d\d ?(?:uhr|am|pm)))(\d{2})(?::\d\d(?:\.\d+)?)?(?:z|[+-]\d\d:\d\d)? ?(am|pm|a\.m\.|p\.m\.)?(?: ?(?:uhr|h))?(?![\da-z])/g,
  hour:
    /(?<![\d:-])(\d{1,2}) ?(?:(am|pm|a\.m\.|p\.m\.)(?![a-z])|(?:uhr|o'? ?clock|h|heures?|horas?)(?![a-z]))/g,
  asked: words(
    "(?:at|um|gegen|around|about|a las?|a|vers|after|nach|ab|before|vor|by|apres|avant|despues de las?|antes de las?|from) (\\d{1,2})",
  ),
} as const;

/** The side of a clock time. */
export const sidePatterns = {
  after: words(
    "(?:any ?time )?after|later than|nach|ab|from|onwards?|despues de(?: las?)?|a partir de(?: las?)?|apres",
  ),
  before: words("before|earlier than|vor|by|antes de(?: las?)?|avant"),
} as const;

/** Between two days: all from the one to the other. */
export const untilWords = words(
  "to|until|till|through|thru|bis|hasta|al|au|jusqu'au|-+|and|und|y|et",
);
/** Before two days that are joined by "and". */
export const betweenWords = words("between|zwischen|entre");
/** Joins two days, each of them by itself. */
export const orWords = words("or|oder|o|ou|and|und|y|et");

/** Words that add nothing. */
export const fillers = words(
  "on|the|at|um|am|im|in|for|please|bitte|der|den|die|das|dem|el|la|las|los|le|les|l|de|del|du|des|d|of|around|about|gegen|ungefahr|vers|hacia|sobre|some ?time|maybe|perhaps|vielleicht|a|an|to|until|till|through|thru|bis|hasta|al|au|jusqu'au|or|oder|o|ou|and|und|y|et|between|zwischen|entre|from|von|vom|zum|desde|o'?clock|uhr|h|t|time|during|i|would|like|something|possible|early|late|en|por|para|pour|dans|ce|this|coming|date|day|days|tag|dia|jour",
);

/** The place of a word in one of the lists, counted from 1. */
export function weekdayOf(word: string): number {
  return placeIn(WEEKDAYS, word);
}

export function monthOf(word: string): number {
  return placeIn(MONTHS, word);
}

export function numberOf(word: string): number {
  return /^\d/.test(word) ? Number(word) : placeIn(NUMBERS, word);
}

function placeIn(lists: readonly string[], word: string): number {
  return lists.findIndex((list) => new RegExp(`^(?:${list})$`).test(word)) + 1;
}
