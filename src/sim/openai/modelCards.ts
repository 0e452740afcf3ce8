/** A model as `GET /v1/models` lists it. */
export interface ModelCard {
  readonly id: string;
  /** `YYYY-MM-DD`. */
  readonly shutdown_date: string | null;
}

/** Some of those that OpenAI lists, with the days that it has announced. */
export const usualModels: readonly ModelCard[] = [
  ...[
    "gpt-realtime-2.1",
    "gpt-realtime-2.1-mini",
    "gpt-realtime-2",
    "gpt-realtime-1.5",
    "gpt-transcribe",
    "gpt-5.4",
    "gpt-5.4-mini",
    "gpt-5-mini",
    "text-embedding-3-small",
  ].map((id) => ({ id, shutdown_date: null })),
  { id: "gpt-realtime", shutdown_date: "2027-01-20" },
  { id: "gpt-realtime-mini", shutdown_date: "2027-01-20" },
  { id: "gpt-4o-transcribe", shutdown_date: "2027-02-26" },
  { id: "gpt-4o-mini-transcribe", shutdown_date: "2027-02-26" },
  { id: "whisper-1", shutdown_date: "2027-02-26" },
];

/** The answer to `GET /v1/models`. */
export function listOf(cards: readonly ModelCard[]): Response {
  return Response.json({ object: "list", data: cards.map(cardOf) });
}

/** The answer to `GET /v1/models/NAME`; there is a model of every name. */
export function answerOf(id: string, cards: readonly ModelCard[]): Response {
  return Response.json(cardOf(cards.find((card) => card.id === id) ?? { id, shutdown_date: null }));
}

function cardOf(card: ModelCard) {
  return { ...card, object: "model", created: 1_750_000_000, owned_by: "system" };
}
