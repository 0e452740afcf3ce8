import { wordsOf } from "./words.ts";

/** Longer than any way of saying it. */
const MAX_CHARACTERS = 200;

/**
 * The part of a caller's turn in which they say that they want no more calls; undefined where they say no such
 * thing. Only a whole clause counts that says nothing else: "don't call me before five" and "I never said stop
 * calling" do not. Known in English, German, Spanish, French, Italian, Dutch, Portuguese and Polish, whatever
 * the language of the call.
 */
export function optOutIn(text: string): string | undefined {
  // The comma of a German infinitive parts no clauses.
  return text.replaceAll(/ auf, (?=mich|uns|hier|an)/gi, " auf ").split(CLAUSES).map((clause) =>
    clause.trim()
  )
    .filter((clause) => clause !== "" && clause.length <= MAX_CHARACTERS)
    .find((clause) => isOptOut(wordsOf(clause).join(" ")));
}

const CLAUSES = /[.!?;,:…。、]+|\s[-–—]+\s/u;

function isOptOut(words: string): boolean {
  return LANGUAGES.some((clause) => clause.test(words));
}

/** A clause of one language: what may come before and after is polite, or makes it stronger. */
function clause(before: string, cores: readonly string[], after: string): RegExp {
  return new RegExp(`^(?:(?:${before}) )*(?:${cores.join("|")})(?: (?:${after}))*$`, "u");
}

/** As `wordsOf` has words: without case, accents and apostrophes. */
const LANGUAGES: readonly RegExp[] = [
  clause(
    "please|just|ok|okay|and|so|hey|hi|hello|well|look|listen|no|yes|yeah|sorry|sir|maam|guys|" +
      "(?:can|could|would|will) you(?: please)?|(?:i|id|i would|we) (?:want|need|like|d like|asked|told|am asking|m asking) you to|" +
      "you guys|you people|you all|(?:you )?(?:need|have) to|you must|you should|i said|i want to|i wanna|i would like to|id like to|i wish to|im asking you to|kindly|now|ever",
    [
      "(?:stop|quit) (?:calling|phoning|ringing|contacting|harassing)(?: (?:me|us|here|this number|this phone|my (?:number|phone|house|cell|home|mobile)))?(?: all the time)?",
      "(?:do not|dont|never)(?: you)?(?: ever)? (?:call|phone|ring|contact)(?: (?:me|us|here|this number|my (?:number|phone|house|home|cell)))?(?: (?:again|anymore|any more|ever again|ever|no more))",
      "(?:take|remove|get|delete|cross|scratch|erase) (?:me|us|my (?:number|name)|this number|our number) (?:off|from|out of)(?: of)? (?:your|the|that|this|all your|any)(?: (?:call|calling|phone|contact|marketing|dialing|calls|mailing))* (?:list|lists|database|system)",
      "take me off",
      "be (?:removed from|taken off)(?: of)? (?:your|the|that|this)(?: (?:call|calling|phone|contact|marketing))* (?:list|lists|database|system)",
      "remove (?:my|this|our) (?:phone )?number",
      "(?:put|add) (?:me|us|my number|this number) (?:on|to) (?:your|the) (?:do not|dont|no) call list",
      "(?:unsubscribe|opt out|opt me out)(?: me)?(?: (?:of|from) (?:this|these|your|the|all)(?: calls?)?)?",
      "i (?:do not|dont) (?:want|wish|need)(?: to (?:get|receive|have))? (?:any more|anymore|any|more|these|your|such|those) (?:phone )?calls?(?: from you)?",
      "(?:i|we) (?:do not|dont|no longer) (?:want|wish) (?:you to call (?:me|us|here)|to be (?:called|contacted|phoned))",
      "no more (?:phone )?calls(?: from you)?",
      "(?:lose|forget|delete|erase) (?:my|this) number",
    ],
    "please|now|again|anymore|any more|ever|ever again|ok|okay|thank you|thanks|right now|immediately|at all|all right|for good|sir|maam|from now on|guys",
  ),
  clause(
    "bitte|und|also|so|ja|nein|horen sie|horen sie mal|ich mochte dass|ich will dass|nun|jetzt|entschuldigung|konnen sie|konnten sie|wurden sie",
    [
      "(?:rufen sie|ruf|ruft)(?: (?:mich|uns|hier|diese nummer|bitte))* (?:nicht|nie)(?: mehr| wieder)+ an",
      "(?:mich|uns|hier)? ?(?:bitte )?(?:nicht|nie) (?:mehr|wieder) (?:anrufen|anzurufen)",
      "(?:horen|hort|hor)(?: sie)?(?: (?:bitte|endlich))? auf (?:mich|uns|hier)? ?anzurufen",
      "(?:streichen|nehmen|loschen|entfernen)(?: sie)?(?: (?:mich|uns|meine nummer|meine telefonnummer|diese nummer|bitte))+ (?:von|aus|in) (?:der|ihrer|eurer|deiner|dieser) (?:liste|anrufliste|kartei|datenbank)",
      "(?:loschen|streichen)(?: sie)?(?: bitte)? (?:meine|diese) (?:nummer|telefonnummer)",
      "(?:setzen|nehmen)(?: sie)?(?: (?:mich|uns|meine nummer|bitte))+ auf (?:die|ihre) sperrliste",
      "(?:ich|wir) (?:mochte|mochten|will|wollen) (?:nicht (?:mehr|wieder) angerufen werden|keine(?: weiteren)? anrufe(?: mehr)?(?: (?:von ihnen|bekommen|erhalten))*)",
      "keine(?: weiteren)? anrufe mehr",
    ],
    "bitte|danke|mehr|ja|sofort|jetzt|ab sofort|nochmal|noch einmal",
  ),
  clause(
    "por favor|y|pues|no|si|oiga|mire|ya|le pido que|quiero que|les pido que|puede|podria",
    [
      "no (?:me|nos) (?:llame|llamen|llames|telefonee|telefoneen|vuelva a llamar|vuelvan a llamar|vuelvas a llamar|contacte|contacten)(?: (?:mas|nunca mas|otra vez|de nuevo|ya))+",
      "no (?:me|nos) (?:vuelva|vuelvan|vuelvas) a llamar",
      "no (?:vuelva|vuelvan|vuelvas) a (?:llamar|llamarme|llamarnos)",
      "(?:deje|dejen|deja|pare|paren) de (?:llamar|llamarme|llamarnos|molestarme)",
      "(?:quiteme|quitenme|borreme|borrenme|elimineme|eliminenme|saqueme|saquenme|quite mi numero|borre mi numero|elimine mi numero)(?: de (?:la|su|esa|esta|sus) (?:lista|listas|base de datos))?",
      "(?:ya )?no (?:quiero|deseo)(?: (?:recibir|que me hagan))? (?:mas|sus|ninguna) llamadas(?: mas)?",
      "no quiero que me (?:llame|llamen|llames)(?: (?:mas|nunca mas|otra vez))?",
    ],
    "por favor|gracias|nunca|mas|nunca mas|ya|ahora",
  ),
  clause(
    "s il vous plait|sil vous plait|et|alors|non|oui|ecoutez|merci de|je vous demande de|je veux que|veuillez|pouvez vous|pourriez vous",
    [
      "(?:ne )?(?:m|me |nous )?(?:mappelez|mappelle|appelez|appelle|rappelez|rappelle|telephonez|contactez)(?: (?:moi|nous))? (?:plus|plus jamais|jamais plus)",
      "(?:arretez|arrete|cessez|arreter|cesser) de (?:mappeler|me rappeler|nous appeler|me telephoner|me contacter|mimportuner|me deranger)",
      "(?:ne )?(?:plus|jamais plus|plus jamais) (?:mappeler|me rappeler|nous appeler|me telephoner|me contacter)",
      "(?:retirez|enlevez|supprimez|rayez|effacez|otez|retirer|supprimer)(?: (?:moi|nous|mon numero|ce numero))+ (?:de|des) (?:votre|la|vos|cette|toutes vos) (?:liste|listes|fichier|fichiers|base)",
      "(?:supprimez|effacez) mon numero",
      "je (?:ne )?(?:veux|souhaite) plus (?:etre (?:appele|appelee|contacte|contactee|derange|derangee)|(?:recevoir )?(?:dappels|vos appels|daucun appel))(?: de votre part)?",
      "(?:plus|stop|fini)(?: (?:dappels|les appels|aux appels))",
    ],
    "s il vous plait|sil vous plait|merci|jamais|maintenant|du tout",
  ),
  clause(
    "per favore|per cortesia|e|allora|no|si|senta|guardi|la prego di|vi prego di|puo|potete|potrebbe|voglio che|vi chiedo di|le chiedo di",
    [
      "non (?:mi |ci )?(?:chiami|chiamate|chiamarmi|chiamatemi|chiamateci|richiami|richiamate|telefoni|telefonate|telefonatemi|contattate|contattatemi|contatti)(?: (?:mi|ci))?(?: (?:piu|mai piu|mai))+",
      "(?:smetta|smettete|smettetela|la smetta|smettila|basta)(?: di)? (?:chiamarmi|chiamarci|chiamare|telefonarmi|telefonare|disturbarmi)",
      "(?:mi tolga|mi tolgano|toglietemi|mi cancelli|cancellatemi|rimuovetemi|mi rimuova|cancellate il mio numero|cancelli il mio numero|tolga il mio numero|togliete il mio numero)(?: (?:dalla|dalle|da)(?: (?:sua|vostra|sue|vostre|questa))? (?:lista|liste|elenco|banca dati))?",
      "non (?:voglio|desidero) (?:piu )?(?:ricevere )?(?:piu |altre )?(?:vostre )?(?:chiamate|telefonate)(?: da voi)?",
      "non voglio (?:piu )?essere (?:chiamato|chiamata|contattato|contattata|disturbato|disturbata)(?: piu)?",
      "basta (?:chiamate|telefonate)",
    ],
    "per favore|grazie|mai|piu|mai piu|adesso|subito",
  ),
  clause(
    "alstublieft|alsjeblieft|graag|en|dus|nee|ja|luister|kunt u|kun je|wilt u|wil je|ik wil dat u|ik wil dat je",
    [
      "(?:bel|belt)(?: (?:u|je|jullie))?(?: (?:me|mij|ons|hier|dit nummer))? (?:niet|nooit)(?: meer| weer)(?: op)?",
      "(?:me|mij|ons)? ?(?:niet|nooit) meer (?:bellen|opbellen)",
      "(?:stop|hou op|houd op|ophouden|houdt u op)(?: eens)? met(?: (?:me|mij|ons)(?: te)?)? bellen",
      "(?:haal|haalt u|verwijder|verwijdert u|schrap)(?: (?:me|mij|ons|mijn nummer|dit nummer|alstublieft))+ (?:van|uit) (?:de|uw|jullie|je|die|het|deze) (?:lijst|bellijst|bestand|systeem)",
      "(?:verwijder|wis) mijn nummer",
      "(?:ik|wij|we) (?:wil|willen) (?:niet meer gebeld worden|geen(?: telefoontjes| oproepen)+ meer(?: krijgen| ontvangen)?)",
    ],
    "alstublieft|alsjeblieft|graag|bedankt|dank u|meer|ooit|nu",
  ),
  clause(
    "por favor|e|entao|nao|sim|olha|olhe|peco que|quero que|eu quero que|pode|podem|poderia|eu",
    [
      "nao (?:me |nos )?(?:ligue|liguem|liga|telefone|telefonem|contacte|contactem|contate|ligar|ligue me|liguem me|telefone me)(?: (?:para mim|para ca|aqui|a mim))?(?: (?:mais|nunca mais|de novo|outra vez))+",
      "nunca mais (?:me )?(?:ligue|liguem|telefone|telefonem)(?: para mim| para ca)?",
      "(?:pare|parem|para|deixe|deixem) de (?:me )?(?:ligar|telefonar|incomodar|ligar me|telefonar me)(?: (?:para mim|para ca|me))?",
      "(?:me )?(?:tire|tirem|tira|retire|retirem|remova|removam|exclua|apague|tire me|retire me|remova me|tirem me|retirem me)(?: (?:o )?(?:meu|este) numero| me)? (?:da|de|dessa|desta)(?: (?:sua|vossa|tua|suas))? (?:lista|base de dados|listas)",
      "(?:apague|exclua|remova|apaguem) (?:o )?meu numero",
      "nao quero (?:mais )?(?:receber )?(?:mais )?(?:as suas |suas )?(?:chamadas|ligacoes|telefonemas)(?: (?:de voces|suas|mais))*",
      "nao quero (?:mais )?que (?:me )?(?:ligue|liguem|telefonem)(?: (?:para mim|mais))*",
    ],
    "por favor|obrigado|obrigada|mais|nunca|agora|nunca mais",
  ),
  clause(
    "prosze|prosze pana|prosze pani|bardzo prosze|i|wiec|nie|tak|niech pan|niech pani|niech panstwo|chce zeby|zadam|nie zycze sobie",
    [
      "(?:prosze )?(?:juz |wiecej |nigdy )*nie (?:dzwonic|dzwoncie|dzwon|dzwoni|dzwonia)(?: (?:do mnie|do nas|tu|tutaj|pod ten numer))*(?: (?:wiecej|juz|nigdy|juz wiecej|nigdy wiecej))+",
      "(?:do mnie |do nas )?(?:wiecej|juz|nigdy wiecej|juz wiecej) (?:do mnie |do nas )?nie (?:dzwonic|dzwoncie|dzwon|dzwoni|dzwonia)(?: (?:do mnie|do nas|wiecej))*",
      "(?:przestancie|przestan|niech pan przestanie|niech pani przestanie|przestac)(?: wreszcie)?(?: (?:do mnie|do nas))? (?:dzwonic|wydzwaniac)(?: (?:do mnie|do nas))?",
      "(?:mnie |nas |moj numer |ten numer )?(?:usunac|usuncie|wykreslic|wykreslcie|wypisac|wypiszcie|skreslic|skreslcie)(?: (?:mnie|moj numer|ten numer|nas))* z (?:waszej |panstwa |tej |swojej |wszystkich )*(?:listy|bazy|list|bazy danych)",
      "(?:usunac|usuncie|skasowac|skasujcie) (?:moj|ten) numer",
      "nie (?:chce|zycze sobie)(?: (?:juz|wiecej|zadnych|takich|waszych|dostawac|otrzymywac))* telefonow(?: (?:od was|wiecej))*",
    ],
    "prosze|dziekuje|wiecej|nigdy|juz|teraz",
  ),
];
