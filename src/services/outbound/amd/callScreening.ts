/**
 * Whether words are those of a call screening: a phone, or a service, that asks who is calling and why
 * and puts the call through if the callee accepts. A voicemail greeting asks for a message instead. The
 * wording is that of iOS 26, Google's phones and the like.
 */
export function isScreening(text: string): boolean {
  const plain = plainOf(text.slice(0, MAX_LENGTH));
  const says = (phrase: string) => plain.includes(phrase);
  return services.some(says) || questions.some(says) && !messages.some(says);
}

/** Lower case letters without their marks; everything else becomes a space. What is compared has to go through it, too. */
export function plainOf(text: string): string {
  return text.toLowerCase().normalize("NFKD").replaceAll(/\p{M}+/gu, "")
    .replaceAll(/[^\p{L}\p{N}]+/gu, " ");
}

const MAX_LENGTH = 5000;

/** Phrases that only a screening uses. */
const services: readonly string[] = [
  // English
  "see if this person is available",
  "see if they re available",
  "see if they are available",
  "call screening",
  "screening service",
  "calls are being screened",
  "is using a screening",
  "get a copy of this conversation",
  // German
  "ob diese person verfugbar ist",
  "ob die person verfugbar ist",
  "ob diese person erreichbar ist",
  // French
  "si cette personne est disponible",
  "si la personne est disponible",
  // Spanish
  "si esta persona esta disponible",
  "si la persona esta disponible",
  // Italian
  "se questa persona e disponibile",
  "se la persona e disponibile",
  // Portuguese
  "se esta pessoa esta disponivel",
  "se essa pessoa esta disponivel",
  // Dutch
  "of deze persoon beschikbaar is",
  // Polish
  "czy ta osoba jest dostepna",
  // Without a name and a reason
  "screening their calls",
  "anruf filter",
  "anruffilter",
  "before i connect you",
  "bevor ich sie verbinde",
  "antes de pasar la llamada",
].map(plainOf);

/** Questions of a screening that a voicemail greeting may contain too. */
const questions: readonly string[] = [
  // English
  "record your name and reason",
  "state your name and reason",
  "say your name and reason",
  "your name and reason for calling",
  "your name and the reason for",
  "your name and why you",
  "your name and what you re calling about",
  "tell me who s calling and why",
  "say who s calling and why",
  "who s calling and why you",
  "your name and what this",
  "who is calling and why",
  "who is calling and what",
  "who s calling and what",
  "may i ask who is calling and",
  "tell me who is calling",
  // German
  "namen und den grund",
  "name und den grund",
  "namen und grund",
  "namen und ihr anliegen",
  "namen und anliegen",
  "namen und warum sie",
  "namen und weshalb",
  "deinen namen und warum",
  "namen und den anrufgrund",
  "namen und anrufgrund",
  "wer sie sind und weshalb",
  "wer sie sind und warum",
  "wer anruft und warum",
  // French
  "votre nom et la raison",
  "votre nom et le motif",
  "votre nom et l objet",
  "votre nom et pourquoi",
  "qui appelle et pourquoi",
  // Spanish
  "tu nombre y el motivo",
  "su nombre y el motivo",
  "tu nombre y motivo",
  "su nombre y la razon",
  "tu nombre y la razon",
  "su nombre y por que",
  "tu nombre y por que",
  "quien llama y por que",
  "quien llama y el motivo",
  // Italian
  "tuo nome e il motivo",
  "suo nome e il motivo",
  "nome e il motivo della chiamata",
  "nome e perche",
  // Portuguese
  "seu nome e o motivo",
  "o nome e o motivo",
  "seu nome e por que",
  // Dutch
  "naam en de reden",
  "naam en reden",
  // Polish
  "swoje imie i powod",
  "imie i nazwisko oraz powod",
  "imie oraz powod",
  // Swedish, Danish, Norwegian
  "ditt namn och anledningen",
  "dit navn og arsag",
  "navnet ditt og arsaken",
  // Japanese, Chinese, Korean
  "お名前とご用件",
  "名前と用件",
  "姓名和来电",
  "姓名及来电",
  "名字和来电",
  "이름과 용건",
  "이름과 전화한 이유",
].map(plainOf);

/** Words that make such a question part of a voicemail greeting. */
const messages: readonly string[] = [
  ...["leave", "voicemail", "voice mail", "mailbox", "get back to you", "call you back"],
  ...["hinterlass", "nachricht", "anrufbeantworter", "rufe zuruck", "rufen zuruck"],
  ...["laissez", "laisser", "messagerie", "repondeur", "rappellerai", "rappellerons"],
  ...["deje", "deja", "dejar", "buzon", "contestador", "mensaje"],
  ...["lasci", "segreteria", "messaggio"],
  ...["deixe", "deixar", "caixa postal", "mensagem"],
  ...["achterlaten", "laat uw naam", "laat je naam", "bericht", "zostaw", "wiadomosc"],
  ...["lamna", "meddelande", "laeg ", "besked", "legg igjen", "beskjed"],
  ...["メッセージ", "伝言", "留言", "메시지"],
].map(plainOf);
