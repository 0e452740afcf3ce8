import { z } from "zod";
import { decodeBase64, isBase64 } from "../../utils/audio/audioFormat.ts";
import { listeningRefusals } from "./listener.ts";
import type { StereoPiece } from "./stereoMixer.ts";

/** The request to the process that holds a call; its answer is a `ListenAnswer`. */
export const LISTEN = "listen";
/** From the process that holds the call. */
export const SOUND = "listening_sound";
/** From a process with listeners: who still listens, and who has stopped. */
export const KEPT = "listening_kept";
export const OVER = "listening_over";
export const KEPT_EVERY_MS = 10_000;

/** A request to hear a call of another process. */
export const listenRequest = z.object({
  callId: z.string(),
  id: z.string(),
  by: z.string().optional(),
});
export type ListenRequest = z.infer<typeof listenRequest>;

/** `ok`, or why the call cannot be heard. */
export const listenAnswer = z.enum(["ok", ...listeningRefusals]);
export type ListenAnswer = z.infer<typeof listenAnswer>;

/** Sound of a call, for every process with a listener to it; or its end. */
export const soundMessage = z.object({
  callId: z.string(),
  pieces: z.array(z.object({
    atMs: z.number(),
    isSilenced: z.boolean(),
    audio: z.string().max(4000).refine(isBase64),
  })).max(4),
  end: z.enum(["ended", "moved"]).optional(),
});

/** The pieces of a sound message, with their audio as bytes. */
export function readPieces(
  { pieces }: Pick<z.infer<typeof soundMessage>, "pieces">,
): readonly StereoPiece[] {
  return pieces.map(({ audio, ...piece }) => ({ ...piece, audio: decodeBase64(audio) }));
}

const listenerIds = z.object({ ids: z.array(z.string()) });

/** The ids in a message `KEPT` or `OVER`; none where it is malformed. */
export function readListenerIds(body: unknown): readonly string[] {
  return listenerIds.safeParse(body).data?.ids ?? [];
}
