import { isOwnProcess, isRunning, type KnownProcess } from "./knownProcess.ts";
import type { RememberedNumber } from "./rememberedNumber.ts";

/**
 * The command that has lent a number to its tunnel, and still runs: it puts the number back. Undefined for this
 * process, and where `ps` cannot tell, since a number of a command that was killed must not be lost to all.
 */
export async function otherOwner(
  remembered: Pick<RememberedNumber, "owner"> | undefined,
): Promise<KnownProcess | undefined> {
  const { owner } = remembered ?? {};
  if (owner === undefined || isOwnProcess(owner)) return undefined;
  try {
    return await isRunning(owner) ? owner : undefined;
  } catch {
    return undefined;
  }
}
