import { ANSWER_LANGUAGES, type AnswerLanguage, answerLanguage } from "../answerLanguages.ts";
import type { AnswerWords } from "../toolPolicy.ts";
import { wordsOf } from "./words.ts";

/** What a caller has answered to a question that takes a yes. */
export type CallerAnswer = "yes" | "no" | "unclear";

/** An answer with more words than this is about something else as well. */
const MAX_WORDS = 15;

/**
 * What the words of an answer mean, in the given languages, of which none means any. A negation wins over
 * an affirmation; a condition, a change or a question beside a yes makes it unclear. `own` adds phrases
 * of the operator's: the longest that fits counts, so that "not at all" may be a yes. In a language without
 * words here they take the place of all but the English ones; where none of them is `unclear`, other words
 * beside a yes make it so. `asked` is what the question asks for: where that is to cancel or stop something,
 * a caller who says so, as in "yes, cancel it", has not refused.
 */
export function callerAnswer(
  text: string,
  languages: readonly string[],
  own: AnswerWords = {},
  asked = "",
): CallerAnswer {
  const known = languages.map(answerLanguage).filter((language) => language !== undefined);
  const isForeign = known.length === 0 && languages.length > 0 && own.yes !== undefined;
  // People answer an agent of any language with an English yes.
  const used: readonly AnswerLanguage[] = known.length === 0 && !isForeign
    ? ANSWER_LANGUAGES
    : [...new Set([...known, "en" as const])];
  const phrases = (of: keyof Lexicon) => used.flatMap((language) => LEXICON[language][of]);
  const words = wordsOf(text);
  const { found, rest: others } = takeOwn(` ${words.join(" ")} `, own);
  // "No problem" is no negation, and by itself no yes.
  const said = phrases("idioms").reduce(without, others);
  const has = (phrase: string) => said.includes(` ${phrase} `);
  const askedWords = wordsOf(asked);
  const isAskedFor = (phrase: string) =>
    ENDINGS.has(phrase) && askedWords.some((word) => stemOf(word) === stemOf(phrase));
  const isNo = (phrase: string) =>
    has(phrase) && !(phrase === "no" && isContraction(known)) && !isAskedFor(phrase);
  if (found.has("no") || phrases("no").some(isNo)) return "no";
  const isYes = found.has("yes") || phrases("yes").some(has);
  const isDoubtful = words.length > MAX_WORDS || /[?？;؟]/.test(text) || found.has("unclear") ||
    phrases("doubt").some(has);
  const isMore = isForeign && plain(own.unclear).length === 0 &&
    longestFirst(phrases("yes")).reduce(without, said).trim() !== "";
  return isYes && !isDoubtful && !isMore ? "yes" : "unclear";
}

/** Which of the operator's phrases an answer has, and what it says besides. */
function takeOwn(said: string, own: AnswerWords) {
  const all = (["no", "unclear", "yes"] as const)
    .flatMap((kind) => plain(own[kind]).map((phrase) => ({ kind, phrase })))
    .sort((a, b) => b.phrase.length - a.phrase.length);
  const found = new Set<keyof AnswerWords>();
  let rest = said;
  for (const { kind, phrase } of all) {
    if (!rest.includes(` ${phrase} `)) continue;
    found.add(kind);
    rest = without(rest, phrase);
  }
  return { found, rest };
}

function without(said: string, phrase: string): string {
  let rest = said;
  while (rest.includes(` ${phrase} `)) rest = rest.replaceAll(` ${phrase} `, " ");
  return rest;
}

function longestFirst(phrases: readonly string[]): readonly string[] {
  return phrases.toSorted((a, b) => b.length - a.length);
}

/** What is asked for in one form, such as "annullare", is answered in another, such as "annulli". */
function stemOf(word: string): string {
  return word.slice(0, 4);
}

/** In Portuguese "no" is "in the". */
function isContraction(languages: readonly AnswerLanguage[]): boolean {
  return languages.includes("pt") && !languages.some((one) => ["en", "es", "it"].includes(one));
}

function plain(phrases: readonly string[] = []): readonly string[] {
  return phrases.map((phrase) => wordsOf(phrase).join(" ")).filter((phrase) => phrase !== "");
}

interface Lexicon {
  readonly yes: readonly string[];
  readonly no: readonly string[];
  readonly doubt: readonly string[];
  readonly idioms: readonly string[];
}

function lexicon(yes: string, no: string, doubt: string, idioms: string): Lexicon {
  const list = (text: string) => plain(text.split(","));
  return { yes: list(yes), no: list(no), doubt: list(doubt), idioms: list(idioms) };
}

const LEXICON: Readonly<Record<AnswerLanguage, Lexicon>> = {
  en: lexicon(
    "yes,yeah,yep,yup,yea,ya,aye,sure,ok,okay,correct,right,exactly,absolutely,definitely,certainly,of course,go ahead,do it,do that,please do,confirm,confirmed,i confirm,i agree,agreed,fine,sounds good,perfect,affirmative,uh huh,mm hmm,mhm,you may,you can,that works",
    "no,nope,nah,not,dont,do not,doesnt,isnt,cant,cannot,wont,never,cancel,stop,wrong,incorrect,negative,forget it,leave it",
    "but,instead,change,rather,actually,wait,hold on,one moment,just a moment,maybe,perhaps,unless,if,except,different,other,another,what,when,which,how,why,or,sorry,pardon,repeat",
    "no problem,not a problem,no worries,why not,no doubt,not at all",
  ),
  de: lexicon(
    "ja,jawohl,jap,jo,jep,klar,sicher,gerne,gern,ok,okay,richtig,genau,stimmt,passt,korrekt,einverstanden,bestätige,bestätigt,natürlich,selbstverständlich,auf jeden fall,machen sie das,mach das,tun sie das,in ordnung,alles klar,gut,perfekt,bitte",
    "nein,nee,nö,ne,nicht,nichts,kein,keine,keinen,keinesfalls,nie,niemals,falsch,stopp,stop,abbrechen,stornieren,vergessen sie es,lassen sie das",
    "aber,sondern,stattdessen,ändern,lieber,eigentlich,doch,warten,moment,vielleicht,wenn,falls,außer,anders,andere,anderen,was,wann,welche,wie,warum,oder,bitte was,wie bitte",
    "kein problem,nichts dagegen,warum nicht,keine frage",
  ),
  es: lexicon(
    "sí,claro,vale,ok,okay,correcto,exacto,exactamente,de acuerdo,por supuesto,adelante,hágalo,hazlo,confirmo,confirmado,perfecto,está bien,bueno,desde luego,cómo no",
    "no,nunca,jamás,nada,tampoco,cancele,cancelar,incorrecto,mal,pare,negativo",
    "pero,sino,mejor,cambiar,cambie,espere,espera,un momento,quizás,tal vez,si no,salvo,otro,otra,qué,cuándo,cuál,cómo,o",
    "no hay problema,por qué no,sin problema,cómo no",
  ),
  fr: lexicon(
    "oui,ouais,ok,okay,daccord,bien sûr,certainement,exact,exactement,correct,allez y,vas y,faites le,je confirme,confirmé,parfait,volontiers,tout à fait,absolument,ça marche,cest bon,cest ça",
    "non,pas,jamais,aucun,aucune,rien,annulez,annuler,faux,arrêtez,stop,incorrect",
    "mais,plutôt,changez,changer,attendez,attends,un moment,peut être,sauf,autre,quoi,quand,quel,quelle,comment,pourquoi,ou,pardon",
    "pas de problème,pas de souci,pourquoi pas,aucun problème,sans problème",
  ),
  it: lexicon(
    "sì,certo,certamente,ok,okay,va bene,daccordo,esatto,corretto,giusto,confermo,confermato,perfetto,proceda,faccia pure,procedi,assolutamente,volentieri",
    "no,non,mai,niente,nulla,annulli,annulla,sbagliato,ferma,fermo,stop",
    "ma,però,invece,cambiare,cambi,aspetti,aspetta,un momento,forse,magari,se,tranne,altro,altra,cosa,quando,quale,come,perché,o,oppure",
    "nessun problema,perché no,come no",
  ),
  nl: lexicon(
    "ja,jazeker,jawel,zeker,ok,oké,okay,goed,prima,klopt,juist,correct,akkoord,natuurlijk,graag,doe maar,doet u maar,bevestigd,ik bevestig,perfect,dat is goed",
    "nee,neen,niet,niets,geen,nooit,annuleer,annuleren,fout,onjuist,stop,verkeerd",
    "maar,liever,anders,wijzigen,veranderen,wacht,moment,misschien,als,behalve,andere,wat,wanneer,welke,hoe,waarom,of,sorry",
    "geen probleem,waarom niet",
  ),
  pt: lexicon(
    "sim,claro,ok,okay,certo,correto,exato,exatamente,de acordo,com certeza,pode,pode ser,pode fazer,faça,confirmo,confirmado,perfeito,está bem,tá bom,beleza,isso,isso mesmo,combinado",
    "não,nunca,jamais,nada,cancele,cancelar,errado,incorreto,pare,negativo",
    "mas,porém,melhor,mudar,mude,espere,espera,um momento,talvez,se,exceto,outro,outra,quê,quando,qual,como,ou",
    "sem problema,não há problema,por que não",
  ),
  pl: lexicon(
    "tak,owszem,jasne,pewnie,oczywiście,dobrze,dobra,ok,okej,okay,zgadza się,zgoda,zgadzam się,potwierdzam,dokładnie,proszę bardzo,poprawnie,racja,w porządku,świetnie,może być",
    "nie,nigdy,nic,żaden,żadna,anuluj,anulować,źle,błędnie,stop,niepoprawnie",
    "ale,lecz,zamiast,zmienić,zmień,czekaj,chwileczkę,moment,może,jeśli,oprócz,inny,inna,co,kiedy,który,jak,dlaczego,albo,lub",
    "nie ma problemu,nie ma sprawy,czemu nie,dlaczego nie,może być",
  ),
};

/** Those of the words for no that a question may ask for. */
const ENDINGS: ReadonlySet<string> = new Set(plain(
  "cancel,stop,stopp,abbrechen,stornieren,cancele,cancelar,annulez,annuler,arrêtez,annulli,annulla,ferma,annuleer,annuleren,anuluj,anulować"
    .split(","),
));
