import { Phrases } from "./phrases.ts";
import { plainWord, type Token } from "./tokens.ts";

/** What words announce. */
export type Topic = "card" | "securityCode" | "expiry" | "code" | "password" | "key" | "birth";

export interface Announcement {
  readonly topic: Topic;
  /** The first token behind it. */
  readonly next: number;
}

/** What the words of a line announce, in their order. */
export function announcementsIn(tokens: readonly Token[]): readonly Announcement[] {
  const found: Announcement[] = [];
  for (let at = 0; at < tokens.length;) {
    const match = triggers.at(tokens, at);
    at += match?.length ?? 1;
    if (match !== undefined) {
      for (const topic of match.value) found.push({ topic, next: at });
    }
  }
  return found;
}

const triggers = new Phrases<readonly Topic[]>();

add(
  ["card"],
  "card number|card|cards|credit card|debit card|visa|mastercard|master card|amex|american express|" +
    "maestro|girocard|creditcard|kreditkarte|kreditkartennummer|kartennummer|karte|bankkarte|debitkarte|carte|" +
    "carte bancaire|carte bleue|tarjeta|carta di credito|carta|cartao|kaart|kaartnummer|pinpas|karta|karty|kartą",
);
add(
  ["securityCode"],
  "cvv|cvv 2|cvc|cvc 2|cid|card code|card verification|card verification value|prufziffer|" +
    "prufnummer|kartenprufnummer|kartenprufziffer|cryptogramme|three digits on the back|drei ziffern auf der ruckseite",
);
add(
  ["securityCode", "code"],
  "security code|security number|sicherheitscode|sicherheitsnummer|code de securite|" +
    "codigo de seguridad|codice di sicurezza|codigo de seguranca|beveiligingscode|kod zabezpieczajacy|kod bezpieczenstwa",
);
add(
  ["expiry"],
  "expiry|expiry date|expiration|expiration date|expires|exp|exp date|valid until|valid thru|valid through|" +
    "good through|gultig bis|ablaufdatum|verfallsdatum|gultigkeit|gultigkeitsdatum|lauft ab|d expiration|expire|expire le|" +
    "caducidad|vence|vencimiento|scadenza|scade|validade|vencimento|vervaldatum|geldig tot|data waznosci|wazna do",
);
add(
  ["code"],
  "pin|pin code|pincode|pin number|security pin|tan ist|tan lautet|tan nummer|die tan|eine tan|meine tan|tan code|clave|otp|passcode|one time code|one time password|" +
    "one time passcode|verification code|access code|login code|unlock code|geheimzahl|geheimnummer|einmalcode|einmalpasswort|" +
    "bestatigungscode|zugangscode|verifizierungscode|freischaltcode|code secret|code pin|code de verification|code d acces|" +
    "codigo pin|codigo de verificacion|codigo de acceso|codice pin|codice di verifica|codigo de verificacao|codigo de acesso|" +
    "toegangscode|verificatiecode|kod pin|kod weryfikacyjny|kod dostepu|mtan|pushtan|transaktionsnummer",
);
add(
  ["password", "code"],
  "password|pass word|passphrase|passwort|kennwort|losungswort|codewort|mot de passe|contrasena|" +
    "parola d ordine|wachtwoord|senha|palavra passe|haslo|geheimwort|secret word|passwd",
);
add(
  ["key"],
  "api key|apikey|api token|access token|secret key|client secret|bearer|auth token|token|api schlussel|" +
    "zugriffstoken|cle api|clave api|chiave api|chave api|klucz api|api sleutel",
);
add(
  ["birth"],
  "date of birth|birth date|birthdate|birthday|born|dob|geboren|geburtsdatum|geburtstag|date de naissance|" +
    "ne le|nee le|naissance|fecha de nacimiento|naci|data di nascita|nato il|nata il|geboortedatum|geboren op|" +
    "data de nascimento|nasci|data urodzenia|urodzony|urodzona|urodzilam|urodzilem",
);

function add(topics: readonly Topic[], phrases: string): void {
  for (const phrase of phrases.split("|")) triggers.add(plainWord(phrase), topics);
}
