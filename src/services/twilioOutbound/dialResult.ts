import type { TransferFailure, TransferResult } from "../../call/transfer.ts";

/** What became of a `<Dial>` or a `<Refer>`, by the form with which Twilio asks how to go on. */
export function readDialResult(form: Pick<URLSearchParams, "get">): TransferResult {
  const referred = form.get("ReferCallStatus")?.toLowerCase();
  if (referred !== undefined) {
    // What they talk of then, and for how long, nobody here gets to know.
    return referred === "in-progress" || referred === "completed"
      ? { kind: "talked", spokeMs: 0 }
      : { kind: "failed", why: failures[referred] ?? "failed" };
  }
  const status = form.get("DialCallStatus")?.toLowerCase() ?? "";
  if (status !== "completed" && status !== "answered") {
    return { kind: "failed", why: failures[status] ?? "unknown" };
  }
  // Who picks up and hangs up before the caller is there has not talked with them.
  if (form.get("DialBridged") === "false") return { kind: "failed", why: "declined" };
  const seconds = /^\d{1,6}$/.exec(form.get("DialCallDuration") ?? "")?.[0];
  return { kind: "talked", ...(seconds !== undefined && { spokeMs: Number(seconds) * 1000 }) };
}

const failures: Readonly<Record<string, TransferFailure>> = {
  busy: "busy",
  "no-answer": "no_answer",
  failed: "failed",
  canceled: "cancelled",
};
