/** Words of the languages that callers speak, as tokens have them: in small letters and without accents. */

/** Stand between what says that a secret comes and the secret. */
export const CONNECTORS = set(
  `is was it its s be now my new the : = - " “ „ ' ist lautet heisst war jetzt neues est c es era el la e il era is het o jest to brzmi word`,
);

/** Follow there where no secret does. */
export const NO_VALUES = set(
  "wrong not correct incorrect invalid required expired forgotten missing protected safe reset changed what case " +
    "falsch nicht richtig abgelaufen vergessen ungultig gesperrt incorrecto incorrecta faux incorrect pas sbagliata errada " +
    "verkeerd niet bledne nie no non",
);

/** A password of several words is over before these. */
export const ENDS = set(
  "and und et y e en i but aber mais pero please bitte thanks thank danke for fur on",
);

/** An answer with any of these is no password. */
export const SMALL_TALK = set(
  "yes no yeah nope not dont don know what why sorry hello hi moment wait please help forgot forgotten i have can " +
    "could ich habe weiss nicht nein ja was warum bitte hallo moment vergessen kein keine oui non je sais pas quoi si " +
    "que perche ik weet niet nee tak nie pourquoi porque my is ist the you me",
);

/** Months, with their short forms in English. */
export const MONTHS = set(
  "january february march april may june july august september october november december jan feb mar apr jun jul aug sep " +
    "sept oct nov dec januar februar marz mai juni juli oktober dezember janvier fevrier mars avril juin juillet aout " +
    "septembre octobre novembre decembre enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre " +
    "diciembre gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre januari februari maart mei " +
    "augustus janeiro fevereiro marco maio junho julho setembro outubro novembro dezembro stycznia lutego marca kwietnia " +
    "maja czerwca lipca sierpnia wrzesnia pazdziernika listopada grudnia",
);

/** Numbers in words of which dates consist. */
export const ORDINAL =
  /^(?:first|second|third|\w+th|\w+ieth|\w+ster|\w+sten|\w+ter|\w+ten|hundred|thousand|\w*hundert\w*|\w*tausend\w*|mil|mille|duizend|tysiac)$/;

function set(words: string): ReadonlySet<string> {
  return new Set(words.split(" "));
}
