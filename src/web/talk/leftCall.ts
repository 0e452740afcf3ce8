/// <reference lib="dom" />
import { RETURN_MS } from "./returnTime.ts";

/** The call of a page that was left: what its next load needs to go on with it. */
export interface LeftCall {
  readonly resumeToken: string;
  /** Whether the caller spoke; otherwise they only typed. */
  readonly microphone: boolean;
  /** By `Date.now()`, which goes on over a reload. */
  readonly startedAt: number;
  readonly leftAt: number;
}

/** Keeps it for this tab alone, until it is taken. */
export function rememberLeft(call: LeftCall): void {
  sessionStorage.setItem(ITEM, JSON.stringify(call));
}

/** The call that this tab has left, once, while the server keeps it. */
export function takeLeft(): LeftCall | undefined {
  const item = sessionStorage.getItem(ITEM);
  sessionStorage.removeItem(ITEM);
  if (item === null) return undefined;
  const left: LeftCall = JSON.parse(item);
  return msLeft(left) > 0 ? left : undefined;
}

/** How long the server still keeps it. */
export function msLeft({ leftAt }: LeftCall): number {
  return leftAt + RETURN_MS - Date.now();
}

/** Whether sound may play without a click, which browsers ask for after a reload. */
export function mayPlayAtOnce(): boolean {
  // Without a secure context there is no sound.
  if (!isSecureContext) return true;
  const { userActivation, getAutoplayPolicy }: AutoplayNavigator = navigator;
  return userActivation?.hasBeenActive === true ||
    getAutoplayPolicy?.call(navigator, "audiocontext") === "allowed";
}

/** Each browser has one of the two. */
interface AutoplayNavigator {
  readonly userActivation?: { readonly hasBeenActive: boolean };
  readonly getAutoplayPolicy?: (kind: "audiocontext") => string;
}

const ITEM = "parley.call";
