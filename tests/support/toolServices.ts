import type { ToolServices } from "../../src/services/tools/agentTools.ts";

/** What tools need of a server, with these variables of the environment and without any guard. */
export function toolServices(
  variables: Readonly<Record<string, string>> = {},
  changes: Partial<ToolServices> = {},
): ToolServices {
  return {
    transferRefusal: () => Promise.resolve(undefined),
    putOnDoNotCallList: () => Promise.resolve("listed"),
    searchKnowledge: () => Promise.resolve({ result: "nothing" }),
    takeMessage: () => Promise.resolve("taken"),
    sendText: () => Promise.resolve(undefined),
    calendarOf: () => {
      throw new Error("no calendar is asked");
    },
    runInClient: () => Promise.resolve("done"),
    readVariable: (name) => {
      const value = variables[name];
      return value === undefined ? { state: "unset" } : { state: "set", value };
    },
    send: (url, init) => fetch(url, init),
    ...changes,
  };
}
