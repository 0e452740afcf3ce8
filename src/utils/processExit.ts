import process from "node:process";

const exit = Deno.exit.bind(Deno);

/** Ends the process, also after `keepProcess`. */
export function exitProcess(code: number): never {
  return exit(code);
}

/**
 * From now on code that asks for the end of the process gets an error in its place: tools of operators run
 * beside the calls of others.
 */
export function keepProcess(): void {
  const refuse = (): never => {
    throw new Error("Cannot end the process: the server runs in it");
  };
  Object.assign(Deno, { exit: refuse });
  Object.assign(process, { exit: refuse, reallyExit: refuse, abort: refuse });
  Object.assign(globalThis, { close: refuse });
}
