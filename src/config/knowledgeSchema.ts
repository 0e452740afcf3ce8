import { z } from "zod";

/** `knowledge` in an agent's file: files and folders, looked for from the folder of the agents. */
export const knowledgeSources = z.array(
  z.string().trim().min(1).max(300).refine(
    isPlainPath,
    "must be a path without control characters",
  ),
).max(32);

function isPlainPath(path: string): boolean {
  return !/\p{Cc}/u.test(path);
}
