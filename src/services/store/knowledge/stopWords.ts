/**
 * Words of questions that tell nothing about what is asked for, folded, in the languages that are spoken
 * most. None of them means something in another of these languages.
 */
export const stopWords: ReadonlySet<string> = new Set([
  ...("a an and are as at be been but by can could did do does for from had has have how i if in into is " +
    "it its just like me my of on or our please should so some tell than that the their them then there " +
    "these they this to us want was we were what when where which who why will with would you your about " +
    "any know need get got am").split(" "),
  ...("aber als am an auch auf aus bei bin bis bitte da das dass dein dem den der des die dies diese dieser " +
    "du ein eine einem einen einer eines er es euch euer fur gibt habe haben hat hatte ich ihr ihre im ist " +
    "ja kann kein keine konnen mein mich mir mit mochte nach nicht noch nur ob oder sein sich sie sind so " +
    "und uns unser unsere vom von wann war warum was welche welcher welches wer werden wie wir wird wo " +
    "wurde zu zum zur uber ueber mussen muss denn").split(" "),
  ...("au aux avec ce ces cette comment dans de des du elle en est et etes ici il ils je la le les leur lui " +
    "mais mes moi mon ne nos notre nous ou par pas peut plus pour pourquoi qu quand que quel quelle quelles " +
    "quels qui sa sans ses si son sont suis sur ta te tu un une vos votre vous").split(" "),
  ...("al como con cual cuando cuanto de del donde el ella en eres es esta estan este esto hay la las lo los " +
    "me mi muy no nos o para pero por porque puede puedo que quien se ser si sin sobre son su sus tiene " +
    "tienen un una unos usted y ya").split(" "),
  ...("alla anche che chi ci come con cosa da dal dei del della delle di dove e ed gli ha hanno ho il io la " +
    "le lo ma mi nel nella non per perche piu posso puo quale quando quanto se si sono su sul tra un una " +
    "uno vi").split(" "),
  ...("aan als bij dat de deze die dit een en er ge heb hebben heeft het hoe ik in is je jij jullie kan kun " +
    "kunnen maar met mij mijn naar niet nog of om ons onze ook op te uit van voor waar wanneer wat we wel " +
    "welke wie wij zijn zo").split(" "),
  ...("ao aos as com como da das de do dos e ela ele em eu foi isso mais mas me meu minha na nao nas no nos " +
    "o onde os ou para pela pelo por porque posso qual quando que quem se sem ser seu sua tem um uma voce")
    .split(" "),
]);
