/** The time after which an error's sentence says to try again: "Please try again in 1.2s". */
export function retryAfterMsIn(message: string | undefined): number | undefined {
  const [, figure, unit] =
    /try again in (\d{1,6}(?:\.\d{1,3})?) ?(ms|s|m)\b/i.exec(message ?? "") ?? [];
  if (figure === undefined) return undefined;
  const unitMs = { ms: 1, s: 1000, m: 60_000 }[unit?.toLowerCase() ?? ""] ?? 1000;
  return Math.ceil(Number(figure) * unitMs);
}
