/**
 * What a phone system's words ask for: keys, words or keys (`words`), patience; the beginning of a
 * recording; a question, which is most likely a person's; or nothing that shows.
 */
export type MenuWords = "keys" | "words" | "hold" | "recording" | "question" | "other";

/** Judges by phrases of English, German, French, Spanish, Italian, Portuguese, Dutch and Polish systems. */
export function menuWordsOf(text: string): MenuWords {
  const plain = plainOf(text.slice(0, MAX_LENGTH));
  if (SPOKEN.test(plain)) return "words";
  if (KEYS.test(plain)) return "keys";
  // Also said by a person who takes a call from a queue: thanks for holding, how can I help you?
  if (text.trim().endsWith("?")) return "question";
  if (HOLD.test(plain)) return "hold";
  return RECORDING.test(plain) ? "recording" : "other";
}

/** Whether two texts are the same announcement: recognition differs a little from one time to the next. */
export function isSameMenu(one: string, other: string): boolean {
  const [a, b] = [wordsOf(one), wordsOf(other)];
  if (a.size === 0 || b.size === 0) return false;
  const shared = [...a].filter((word) => b.has(word)).length;
  return shared / (a.size + b.size - shared) >= LEAST_SHARED;
}

const MAX_LENGTH = 4000;
const LEAST_SHARED = 0.75;

/** Lower case, without marks; everything but letters, digits, `#` and `*` becomes one space. */
function plainOf(text: string): string {
  return text.toLowerCase().normalize("NFKD").replaceAll(/\p{M}+/gu, "")
    .replaceAll(/[^\p{L}\p{N}#*]+/gu, " ");
}

function wordsOf(text: string): ReadonlySet<string> {
  return new Set(plainOf(text.slice(0, MAX_LENGTH)).split(" ").filter((word) => word !== ""));
}

/** Asks to be told something, by a machine. */
const SPOKEN = anyOf([
  "in a few words",
  "(?:press|dial|presiona|druck\\w*)(?: \\S+){1,3} or say",
  "(?:you can|please) say",
  "say or (?:press|enter)",
  "(?:say|just say) (?:yes|no|agent|representative|operator|main menu|the name)",
  "tell me (?:briefly|in your own words|why|what you)",
  "sagen sie (?:bitte|einfach)",
  "in wenigen worten",
  "en quelques mots",
  "en pocas palabras",
  "in poche parole",
  "em poucas palavras",
]);

const KEYS = anyOf([
  "(?:press|dial|push|select|enter)(?: or say)? (?:the )?(?:[0-9#*]|one|two|three|four|five|six|seven|eight|nine|zero|star|pound|hash|key)",
  "(?:press|push) (?:any|the)",
  "followed by (?:the )?(?:pound|hash|star|#)",
  "enter (?:your|the) \\w+",
  "(?:drucken|wahlen) sie",
  "(?:tapez|appuyez|composez|faites)(?: sur)?(?: la)? (?:le|touche|[0-9#*]|un|deux|trois|quatre|cinq|etoile|diese)",
  "(?:marque|presione|pulse|oprima|digite)",
  "(?:digiti|prema|premere|selezioni)",
  "(?:disque|tecle|aperte|pressione)",
  "(?:toets|druk op|kies) (?:een|twee|drie|vier|vijf|[0-9])",
  "(?:wybierz|nacisnij|wcisnij)",
  "extension number",
]);

const HOLD = anyOf([
  "(?:please|kindly) (?:hold|wait|stay|remain)",
  "(?:stay|remain|hold|be patient) (?:on|the) (?:the )?line",
  "your call is (?:very )?important",
  "(?:all|our) (?:of our |our )?(?:agents|representatives|operators|advisors|lines|associates|specialists)(?: are|) (?:currently |still )?(?:are )?(?:busy|assisting|helping|unavailable)",
  "next available",
  "will be (?:answered|with you)",
  "place in (?:the )?(?:line|queue)",
  "(?:number|position) \\w+ in (?:the |our )?(?:queue|line)",
  "estimated (?:wait|hold)",
  "(?:transfer|connect)(?:ring|ing)? (?:you|your call)",
  "thank you for (?:holding|waiting|your patience)",
  "bleiben sie (?:bitte )?(?:in der leitung|am apparat|dran)",
  "bitte (?:warten|haben sie)",
  "nachste(?:r|n)? freie",
  "ne quittez pas",
  "veuillez (?:patienter|rester)",
  "permanezca en (?:la )?linea",
  "no cuelgue",
  "(?:attenda|resti|rimanga) in linea",
  "(?:aguarde|permaneca) na linha",
  "een ogenblik geduld",
  "blijf aan de lijn",
  "prosze czekac",
]);

const RECORDING = anyOf([
  "thank you for calling",
  "thanks for calling",
  "welcome to",
  "you have reached",
  "calls? (?:may|might|will) be (?:recorded|monitored)",
  "(?:is|are) (?:being )?recorded",
  "options have (?:recently )?changed",
  "listen (?:carefully|closely)",
  "for (?:english|sales|support|billing|service|all other)",
  "para espanol",
  "pour le (?:service|francais)",
  "office (?:hours|is closed)",
  "willkommen (?:bei|beim)",
  "vielen dank fur ihren anruf",
  "bienvenue",
  "bienvenid[oa]s? (?:a|al)",
  "benvenut[oi]",
  "bem vindo",
  "welkom bij",
  "witamy",
  "dziekujemy za",
]);

function anyOf(phrases: readonly string[]): RegExp {
  return new RegExp(`(?:^| )(?:${phrases.join("|")})(?= |$)`);
}
