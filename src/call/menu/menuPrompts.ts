import { type ModelNote, system } from "../model/prompts.ts";

/** For a menu that the agent does not get out of. */
export function menuRepeated(times: number, keys: readonly string[]): ModelNote {
  const pressed = keys.length === 0
    ? "You have pressed no keys in this call."
    : `So far you have pressed: ${keys.join(", ")}.`;
  return system(
    `You hear this menu for the ${
      ordinal(times)
    } time. ${pressed} What you did has not led on: do something ` +
      "else. Take another option, try 0 for a person, say what you want if it takes words, or wait " +
      "silently for a person. If there is no way to your goal, end the call.",
  );
}

/** For keys that have been pressed before. */
export function keysRepeated(keys: string, times: number): ModelNote {
  return system(
    `You have now pressed ${keys} ${times} times in this call. If the same menu comes again, choose another way.`,
  );
}

/** For a line on which nothing has been heard for a while. */
export function lineSilent(seconds: number): ModelNote {
  return system(
    `Nothing has been heard on the line for ${seconds} seconds. If a menu waits for keys, press them. If a ` +
      "person may be there, say in one short sentence who is calling. Otherwise keep waiting silently.",
  );
}

function ordinal(count: number): string {
  return ["", "first", "second", "third", "fourth", "fifth", "sixth"][count] ?? `${count}th`;
}
