import type { Account } from "./caller.ts";

/** The phone account that the measured server is set up with. */
export const ACCOUNT: Account = {
  accountSid: `AC${"0".repeat(32)}`,
  authToken: "0123456789abcdef0123456789abcdef",
  number: "+14155550100",
  publicUrl: "https://parley.example",
};
