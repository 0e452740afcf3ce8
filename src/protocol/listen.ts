/**
 * The protocol of `/api/calls/{id}/listen`, with which people hear a live call.
 *
 * The client connects with the subprotocols `parley.listen.v1` and `token.<token>`, the token from `POST` to the same
 * path, and sends nothing. The server sends binary messages: eight bytes of header, and then mu-law at 8 kHz, sample
 * by sample the caller's and the agent's.
 */
export const LISTEN_PROTOCOL = "parley.listen.v1";

/** Close codes of the server. */
export const listenCodes = {
  /** The call is over. */
  ended: 1000,
  /** The client has sent something, or its key is no longer valid. */
  refused: 1008,
  /** The call may go on elsewhere: ask for another token. */
  moved: 1012,
  /** The client does not read. */
  slow: 1013,
} as const;

const HEADER_BYTES = 8;
const SILENCED = 1;

/** Sound of both sides. */
export interface ListenedSound {
  /** Where it begins, in milliseconds since the call began. */
  readonly atMs: number;
  /** Nothing may be heard: the recording is paused. */
  readonly isSilenced: boolean;
  /** Mu-law: the caller, the agent, and so on. */
  readonly audio: Uint8Array;
}

export function encodeListened(
  { atMs, isSilenced, audio }: ListenedSound,
): Uint8Array<ArrayBuffer> {
  const message = new Uint8Array(HEADER_BYTES + audio.length);
  const header = new DataView(message.buffer);
  header.setUint32(0, atMs, true);
  header.setUint8(4, isSilenced ? SILENCED : 0);
  message.set(audio, HEADER_BYTES);
  return message;
}
