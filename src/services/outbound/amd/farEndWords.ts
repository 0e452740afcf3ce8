import { isScreening, plainOf } from "./callScreening.ts";

/**
 * What words of the far end show: `screening` asks who calls and why, `hold` asks to stay on the line,
 * `declined` tells that the person does not take the call, `machine` is a greeting of an answering machine.
 * `other` is anything else, and `none` no word at all.
 */
export type FarEndWords = "screening" | "hold" | "declined" | "machine" | "other" | "none";

/** Reads a part of what the far end has said, or all of it. */
export function readFarEnd(text: string): FarEndWords {
  const plain = ` ${plainOf(text.slice(0, MAX_LENGTH)).trim()} `;
  if (plain.trim() === "") return "none";
  const says = (phrase: string) => plain.includes(phrase);
  if (isScreening(text)) return "screening";
  if (machines.some(says)) return "machine";
  if (refusals.some(says)) return "declined";
  if (holds.some(says)) return "hold";
  return "other";
}

/** Whether words are those of a person who takes a call: a few, and such as no greeting goes on with. */
export function isPickingUp(text: string): boolean {
  const plain = ` ${plainOf(text.slice(0, MAX_LENGTH)).trim()} `;
  return plain.trim().split(" ").length <= MAX_WORDS && readFarEnd(text) === "other" &&
    pickUps.some((phrase) => plain.includes(`${phrase} `));
}

/** Greetings that people and machines begin alike. */
export function hesitates(text: string): boolean {
  return /you(?:'|’| ha)?ve reached|sie sind verbunden mit|vous êtes bien (?:chez|sur)/i.test(text);
}

const MAX_LENGTH = 5000;
const MAX_WORDS = 12;

const pickUps = phrases(
  ...["hello", "hi", "hey", "yes", "yeah", "i m here", "i am here", "i m back", "speaking"],
  ...["who is this", "who s this", "who is calling", "who s calling", "wait", "sorry"],
  ...["hallo", "ja", "ich bin da", "bin dran", "wer ist da", "wer spricht", "moment"],
  ...["allo", "oui", "je suis la", "qui est la", "hola", "diga", "digame", "bueno", "si"],
  ...["quien es", "estoy aqui", "pronto", "ci sono", "sono qui", "chi parla", "alo", "sim"],
  ...["estou aqui", "quem fala", "ik ben er", "met wie", "wie is dit", "halo", "slucham", "tak"],
  ...["jestem", "kto mowi"],
);

function phrases(...texts: readonly string[]): readonly string[] {
  return texts.map((text) => ` ${plainOf(text).trim()}`);
}

/** Beginnings of words that greetings of machines and mailboxes have, and people who answer a call do not. */
const machines = phrases(
  // English
  ...["leave a message", "leave me a message", "leave us a message", "leave your message"],
  ...["leave your name", "leave a name", "leave a detailed message", "leave a brief message"],
  ...["leave a short message", "leave a voicemail", "leave your number", "leave a callback"],
  ...["after the tone", "after the beep", "at the tone", "at the beep", "sound of the tone"],
  ...["sound of the beep", "record your message", "recording your message"],
  ...["you have reached the voicemail", "you ve reached the voicemail", "voice mailbox"],
  ...["voicemail of", "voice mail of", "voicemail box", "voice mail box", "mailbox is full"],
  ...["mailbox belonging to", "mailbox of", "mailbox has not been set up", "answering machine"],
  ...["automated voice messag", "automatic voice messag", "voice messaging system"],
  ...["forwarded to voice", "forwarded to an auto", "is not available to take your call"],
  ...["can t take your call", "cannot take your call", "can not take your call"],
  ...["unable to take your call", "can t come to the phone", "cannot come to the phone"],
  ...["can t get to the phone", "unable to answer your call", "can t answer your call"],
  ...["not able to take your call", "missed your call", "i ll call you back as soon"],
  ...[
    "i ll get back to you",
    "we ll get back to you",
    "return your call",
    "get back to you as soon",
  ],
  ...["cannot accept any messages", "cannot accept any new messages", "not accepting messages"],
  ...["is not available please", "to leave a callback number", "when you have finished recording"],
  ...["number you have dialed is not available", "number you have dialled is not available"],
  ...["person you are trying to reach", "person you re trying to reach"],
  ...["not at home", "out of the office", "not in right now", "please leave", "please record"],
  ...["subscriber you have", "customer you are calling is not"],
  // German
  ...["nach dem signal", "nach dem ton", "nach dem piep", "nach dem pfeif", "nach dem beep"],
  ...["hinterlassen sie", "hinterlasse", "hinterlasst", "mailbox von", "die mailbox", "mobilbox"],
  ...["anrufbeantworter", "sprachbox", "voicemailbox", "nicht erreichbar", "nicht zu erreichen"],
  ...["rufe sie zuruck", "rufe zuruck", "rufen sie zuruck", "rufen zuruck", "nachricht auf"],
  ...["nicht ans telefon", "nicht personlich entgegennehmen"],
  // French
  ...["apres le signal", "apres le bip", "apres la tonalite", "laissez un message"],
  ...["laissez moi un message", "laissez nous un message", "laisser un message"],
  ...["laissez votre message", "repondeur", "messagerie", "boite vocale", "je vous rappel"],
  ...["nous vous rappel", "pas disponible pour le moment"],
  // Spanish
  ...["despues de la senal", "despues del tono", "despues del bip", "despues del pitido"],
  ...["al oir la senal", "deje un mensaje", "deje su mensaje", "deja un mensaje"],
  ...["deja tu mensaje", "dejar un mensaje", "dejar su mensaje", "buzon", "contestador"],
  ...["no puedo atender", "no podemos atender", "le devolver", "te devolver"],
  // Italian
  ...["dopo il segnale", "dopo il bip", "dopo il tono", "lasciate un messaggio"],
  ...["lasci un messaggio", "lascia un messaggio", "lasciare un messaggio", "segreteria"],
  ...["non posso rispondere", "non possiamo rispondere", "cliente da lei chiamato"],
  ...["cliente non e raggiungibile", "la richiamer", "ti richiamer"],
  // Portuguese
  ...["apos o sinal", "apos o bip", "depois do sinal", "deixe sua mensagem"],
  ...["deixe a sua mensagem", "deixe um recado", "deixe uma mensagem", "deixe seu recado"],
  ...["caixa postal", "correio de voz", "caixa de mensagens", "nao posso atender"],
  ...["nao podemos atender", "retornarei", "retornaremos"],
  // Dutch
  ...["na de toon", "na de piep", "na het signaal", "een bericht achter", "bericht inspreken"],
  ...["laat een bericht", "spreek een bericht", "spreek uw bericht", "voicemail van"],
  ...["antwoordapparaat", "niet bereikbaar", "bel ik u terug", "bellen wij u terug"],
  ...["bel ik je terug"],
  // Polish
  ...[
    "po sygnale",
    "po sygnal",
    "zostaw wiadomosc",
    "zostawic wiadomosc",
    "zostawienie wiadomosci",
  ],
  ...["prosze zostawic", "poczta glosowa", "skrzynka glosowa", "nie moge odebrac", "oddzwoni"],
  ...["abonent jest"],
);

const refusals = phrases(
  ...["is not available right now", "isn t available right now", "is not available at the moment"],
  ...["person is unavailable", "person is not available", "person isn t available"],
  ...["can t talk right now", "cannot talk right now", "does not wish to", "declined your call"],
  ...["not accepting calls", "not taking calls", "please remove this number", "please remove me"],
  ...["will call you back later goodbye", "stop calling"],
  ...["ist gerade nicht verfugbar", "ist nicht verfugbar", "ist derzeit nicht verfugbar"],
  ...["n est pas disponible", "no esta disponible", "non e disponibile", "nao esta disponivel"],
  ...["is niet beschikbaar", "nie jest dostepna"],
);

const holds = phrases(
  ...["stay on the line", "please hold", "hold on", "one moment", "just a moment", "please wait"],
  ...["let me check", "i ll check", "while i check", "connecting you", "i ll connect you"],
  ...[
    "putting you through",
    "trying to connect",
    "hang on",
    "thanks for that",
    "your call has been",
  ],
  ...["bleiben sie", "bleib dran", "einen moment", "einen augenblick", "bitte warten"],
  ...["ich verbinde", "ne quittez pas", "un instant", "veuillez patienter", "restez en ligne"],
  ...["no cuelgue", "un momento", "espere por favor", "permanezca", "manténgase en la linea"],
  ...["resti in linea", "attenda", "un attimo", "aguarde", "um momento", "nao desligue"],
  ...["blijf aan de lijn", "blijft u aan", "een moment", "ogenblik", "prosze czekac"],
  ...["prosze poczekac", "chwile", "pozostan na linii"],
);
