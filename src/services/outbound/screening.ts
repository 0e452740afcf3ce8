/**
 * Whether words are those of a call screening: a phone, or a service, that asks who is calling and why
 * and puts the call through if the person likes. Voicemail greetings ask for a message, which is
 * something else. The wording is that of iOS 26, Google's phones and the like.
 */
export function isScreening(text: string): boolean {
  const plain = plainOf(text.slice(0, MAX_LENGTH));
  return phrases.some((phrase) => plain.includes(phrase));
}

/** Lower case letters without their marks; everything else is a blank. */
function plainOf(text: string): string {
  return text.toLowerCase().normalize("NFKD").replaceAll(/\p{M}+/gu, "")
    .replaceAll(/[^\p{L}\p{N}]+/gu, " ");
}

const MAX_LENGTH = 5000;

const phrases: readonly string[] = [
  // English
  "record your name and reason",
  "state your name and reason",
  "say your name and reason",
  "your name and reason for calling",
  "your name and the reason for",
  "your name and why you",
  "your name and what you re calling about",
  "see if this person is available",
  "see if they re available",
  "see if they are available",
  "call screening",
  "screening service",
  "calls are being screened",
  "is using a screening",
  "get a copy of this conversation",
  "tell me who s calling and why",
  "say who s calling and why",
  "who s calling and why you",
  // German
  "namen und den grund",
  "name und den grund",
  "namen und grund",
  "namen und ihr anliegen",
  "namen und anliegen",
  "ob diese person verfugbar ist",
  "ob die person verfugbar ist",
  "ob diese person erreichbar ist",
  // French
  "votre nom et la raison",
  "votre nom et le motif",
  "votre nom et l objet",
  "si cette personne est disponible",
  "si la personne est disponible",
  // Spanish
  "tu nombre y el motivo",
  "su nombre y el motivo",
  "tu nombre y motivo",
  "su nombre y la razon",
  "tu nombre y la razon",
  "si esta persona esta disponible",
  "si la persona esta disponible",
  // Italian
  "tuo nome e il motivo",
  "suo nome e il motivo",
  "nome e il motivo della chiamata",
  "se questa persona e disponibile",
  "se la persona e disponibile",
  // Portuguese
  "seu nome e o motivo",
  "o nome e o motivo",
  "se esta pessoa esta disponivel",
  "se essa pessoa esta disponivel",
  // Dutch
  "naam en de reden",
  "naam en reden",
  "of deze persoon beschikbaar is",
  // Polish
  "swoje imie i powod",
  "imie i nazwisko oraz powod",
  "imie oraz powod",
  "czy ta osoba jest dostepna",
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
