const SLOWER = ["0.5", "0.25"];
const TOO_BUSY = /figures could not be told: this machine is too busy/;

/**
 * Runs the command, and again on an ever slower time where it says that this machine is too busy: that tells nothing of
 * the server. Arguments with `--speed`, and those of servers that have a time of their own, are run once.
 */
export async function slowerWhereBusy<End extends { readonly printed: string }>(
  args: readonly string[],
  run: (args: readonly string[]) => Promise<End>,
): Promise<End> {
  let end = await run(args);
  if (args.some((arg) => /^--(speed|against|call)\b/.test(arg))) return end;
  for (const speed of SLOWER) {
    if (!TOO_BUSY.test(end.printed)) return end;
    console.log(`Too busy to tell: again at ${speed} times real time.`);
    end = await run([...args, "--speed", speed]);
  }
  return end;
}
