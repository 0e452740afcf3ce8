import type { Finding } from "../setupCheck.ts";

/** The oldest version that the tests run with. */
const OLDEST = [2, 9] as const;

/** Whether the runtime is one that this server is made for. */
export function denoFinding(version: string): Finding {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const isOld = major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
  const values = { version, oldest: OLDEST.join(".") };
  if (!isOld) return { code: "deno_ok", state: "ok", text: "Deno {version} runs here.", values };
  return {
    code: "deno_too_old",
    state: "warning",
    text: "Deno {version} runs here, and this server is made for {oldest} or newer.",
    remedy: "Install a newer one: npm install -g deno, or deno upgrade.",
    values,
  };
}
