export { type KeptSpeeches, openKeptSpeech } from "./keptSpeech/openKeptSpeech.ts";
