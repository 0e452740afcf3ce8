import { tame } from "../../scenarios/report/terminal/paint.ts";

/**
 * Tells of errors that nobody caught, in the place of ending the process: tools of operators run in it, and one that
 * leaves such an error behind must not take all other scenarios with it.
 */
export function tellStrayErrors(tell: (line: string) => void): Disposable {
  const told = (reason: unknown) =>
    tell(`log   an error that nobody caught, as a tool may leave behind: ${tame(String(reason))}`);
  const onRejection = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    told(event.reason);
  };
  const onError = (event: ErrorEvent) => {
    event.preventDefault();
    told(event.error);
  };
  globalThis.addEventListener("unhandledrejection", onRejection);
  globalThis.addEventListener("error", onError);
  return {
    [Symbol.dispose]() {
      globalThis.removeEventListener("unhandledrejection", onRejection);
      globalThis.removeEventListener("error", onError);
    },
  };
}
