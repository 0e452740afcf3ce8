let last = "#records";

/** Keeps the location of the list that is shown, `#records?days=7`, for the link of a record back to it. */
export function rememberList(hash: string): void {
  last = hash;
}

/** The list that was shown last in this tab, else the one without filters. */
export function lastList(): string {
  return last;
}
