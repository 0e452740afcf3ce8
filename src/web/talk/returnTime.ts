/** For how long a page may come back to its call: as long as the server keeps it. */
export const RETURN_MS = 30_000;
