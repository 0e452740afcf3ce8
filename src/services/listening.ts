export type { Listener, ListeningEnd, ListeningRefusal } from "./listening/listener.ts";
export { type Listening, openListening } from "./listening/openListening.ts";
export type { StereoPiece } from "./listening/stereoMixer.ts";
