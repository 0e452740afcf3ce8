import type { Junk } from "./junk.ts";
import { model } from "./properMessages.ts";

const EVERY_MS = 20;
const PER_SESSION = 10;
/** Larger ones cost this thread, which also measures, as much as the server. */
const MAX_CHARS = 400_000;

/** Creates the function that answers a session's set-up as it should be, and then says nothing sensible any more. */
export function createHostileModel(junk: Junk, onSaid: () => void): (socket: WebSocket) => void {
  // Made beforehand: making a large one takes as long as some frames of audio last.
  const messages = Array.from(
    { length: 400 },
    () => junk.below(12) === 0 ? junk.bytes(2000) : junk.text(junk.pick(model), MAX_CHARS),
  );

  return function serve(socket) {
    let left = PER_SESSION;
    let timer: ReturnType<typeof setInterval> | undefined;
    socket.onopen = () => socket.send(JSON.stringify({ type: "session.created", session: {} }));
    socket.onmessage = ({ data }) => {
      if (typeof data !== "string" || !data.includes('"session.update"')) return;
      socket.send(JSON.stringify({ type: "session.updated", session: {} }));
      timer ??= setInterval(say, EVERY_MS);
    };
    socket.onclose = () => clearInterval(timer);
    socket.onerror = (event) => event.preventDefault();

    function say(): void {
      if (left-- <= 0 || socket.readyState !== WebSocket.OPEN) return clearInterval(timer);
      onSaid();
      socket.send(junk.pick(messages));
    }
  };
}
