/** Why the socket of a live call closed, by its close code, and what to do about it. */
export function describeClosed(code: number, online: boolean): string {
  if (!online) return "The network is gone. Start again when this device is online.";
  return CLOSED[code] ?? "The connection to the server was lost. Start again.";
}

/** Why the server closed the socket before the call began, by the close code. */
export function describeRefused(code: number): string {
  return REFUSED[code] ?? "The server did not take the call. Start again.";
}

const RESTARTING = "The server is being restarted. Start again in a moment.";
const OVERLOADED = "The server has too much to do. Start again in a moment.";

const CLOSED: Readonly<Record<number, string>> = {
  1001: RESTARTING,
  1008: "The server refused to go on with this call. Reload the page and start again.",
  1009: "The page sent more than the server takes. Reload it and start again.",
  1011: "Something went wrong on the server. Start again.",
  1012: RESTARTING,
  1013: "The page could not keep up, or the server has too much to do. Start again in a moment.",
};

const REFUSED: Readonly<Record<number, string>> = {
  1001: RESTARTING,
  1008: "The server did not take this page's token: it was too old or already used. Start again.",
  1012: RESTARTING,
  1013: OVERLOADED,
};
