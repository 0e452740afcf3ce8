import { until } from "../until.ts";
import type { Talk } from "./phoneRig.ts";

/** Has the model call a tool; returns the output that it gets, once it has answered to that. */
export async function callTool(talk: Talk, name: string, args: unknown = {}): Promise<string> {
  talk.model.say({ tools: [{ name, arguments: JSON.stringify(args) }] });
  return await toolOutput(talk);
}

/** The output of the tool that the model has called, once it has answered to that. */
export async function toolOutput({ model }: Talk): Promise<string> {
  for (;;) {
    const { item } = await model.next("conversation.item.create");
    if (item.type !== "function_call_output") continue;
    // The answer to the result has to be over before the model calls the next one.
    await model.next("response.create");
    await until(() => model.responding, (responding) => !responding);
    return String(item.output);
  }
}
