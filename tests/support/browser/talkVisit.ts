import { type Browser, type BrowserPage, type FakeMicrophone, openPage } from "./browser.ts";
import { startWebServer, type WebServerOptions } from "../servers/webServer.ts";
import type { RecordingSession } from "../call/recordingSession.ts";

const SPEECH = new URL("../../fixtures/speech/numbers.wav", import.meta.url).pathname;

export interface TalkVisit extends BrowserPage {
  /** Presses a button and waits for the call that it begins. */
  begin(button?: "#start" | "#start-typing"): Promise<RecordingSession>;
}

export interface TalkVisitOptions extends WebServerOptions {
  readonly microphone?: FakeMicrophone;
  readonly host?: string;
  /** A fresh one unless it is given. */
  readonly browser?: Browser;
  /** A script that runs in the page before its own. */
  readonly prepare?: string;
}

/** Opens the page of a server whose calls only record. */
export async function visitTalk(
  options: TalkVisitOptions,
  run: (visit: TalkVisit) => Promise<void>,
): Promise<void> {
  const { microphone = { plays: SPEECH }, host = "127.0.0.1", browser, prepare, ...rest } = options;
  const server = startWebServer(rest);
  const opened = await openPage(server.origin.replace("127.0.0.1", host), {
    microphone,
    ...(browser !== undefined && { browser }),
    ...(prepare !== undefined && { prepare }),
  });
  try {
    await run({
      ...opened,
      async begin(button = "#start") {
        await opened.page.waitForSelector(`${button}:enabled`);
        const next = server.nextCall();
        await opened.page.click(button);
        return await next;
      },
    });
  } finally {
    await opened.close();
    await server.close();
  }
}

/** A tone as the model's speech comes: in pieces, faster than it is spoken. */
export function speak(call: RecordingSession, itemId: string, totalMs: number): void {
  const pieceMs = 100;
  for (let at = 0; at < totalMs; at += pieceMs) {
    const samples = Int16Array.from(
      { length: pieceMs * 24 },
      (_, i) => 8000 * Math.sin(2 * Math.PI * 400 * (at * 24 + i) / 24_000),
    );
    const audio = new Uint8Array(samples.buffer).toBase64();
    call.leg.play({ itemId, audio, durationMs: pieceMs });
  }
}

/** The positions of an item that the page has reported. */
export function playedOf(call: RecordingSession, itemId: string): readonly number[] {
  return call.inputs.flatMap((input) =>
    input.type === "rendered" && input.itemId === itemId ? [input.ms] : []
  );
}
