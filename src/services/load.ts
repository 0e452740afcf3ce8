export type { LatenessLimits } from "./load/lateness.ts";
export { type Load, openLoad } from "./load/openLoad.ts";
export { type OpenSockets, type SocketKind, socketKinds } from "./load/openSockets.ts";
