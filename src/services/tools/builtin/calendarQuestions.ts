/** What a caller is asked before a calendar is changed; ids in it are said as the times that they stand for. */
export interface CalendarQuestions {
  readonly book: string;
  readonly move: string;
  readonly cancel: string;
}

/** The questions in a language such as `de-AT`; in English where there are none. */
export function calendarQuestions(language: string): CalendarQuestions {
  return byLanguage.get(language.split("-", 1)[0] ?? "") ?? english;
}

const english: CalendarQuestions = {
  book: "Shall I book {{slot}}, for {{name}}?",
  move: "Shall I move your appointment to {{slot}}?",
  cancel: "Shall I cancel your appointment, {{appointment}}?",
};

const byLanguage: ReadonlyMap<string, CalendarQuestions> = new Map([
  ["en", english],
  ["de", {
    book: "Soll ich {{slot}}, für {{name}} eintragen?",
    move: "Soll ich Ihren Termin verlegen, auf {{slot}}?",
    cancel: "Soll ich Ihren Termin absagen, {{appointment}}?",
  }],
  ["es", {
    book: "¿Le reservo {{slot}}, a nombre de {{name}}?",
    move: "¿Cambio su cita a {{slot}}?",
    cancel: "¿Cancelo su cita, {{appointment}}?",
  }],
  ["fr", {
    book: "Puis-je réserver {{slot}}, au nom de {{name}} ?",
    move: "Puis-je déplacer votre rendez-vous à {{slot}} ?",
    cancel: "Puis-je annuler votre rendez-vous, {{appointment}} ?",
  }],
  ["it", {
    book: "Prenoto {{slot}}, a nome di {{name}}?",
    move: "Sposto il suo appuntamento a {{slot}}?",
    cancel: "Annullo il suo appuntamento, {{appointment}}?",
  }],
  ["nl", {
    book: "Zal ik {{slot}}, voor {{name}} inplannen?",
    move: "Zal ik uw afspraak verzetten naar {{slot}}?",
    cancel: "Zal ik uw afspraak afzeggen, {{appointment}}?",
  }],
  ["pl", {
    book: "Czy mam zarezerwować termin {{slot}}, na nazwisko {{name}}?",
    move: "Czy mam przenieść wizytę na {{slot}}?",
    cancel: "Czy mam odwołać wizytę, {{appointment}}?",
  }],
  ["pt", {
    book: "Posso marcar {{slot}}, em nome de {{name}}?",
    move: "Posso mudar a sua marcação para {{slot}}?",
    cancel: "Posso cancelar a sua marcação, {{appointment}}?",
  }],
]);
