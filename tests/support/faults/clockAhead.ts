/** Loaded before the server: its machine's clock is two hours ahead. */
const { now } = Date;
Date.now = () => now() + 2 * 60 * 60 * 1000;

export {};
