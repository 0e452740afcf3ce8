import type { Settings } from "../../../config/settings.ts";
import type { Engine } from "../../openai.ts";
import type { Finding } from "../setupCheck.ts";

/** Whether the model can be reached with the key; asks its server. Never rejects. */
export async function modelFinding(
  { openai }: Pick<Settings, "openai">,
  { name, examine }: Pick<Engine, "name" | "examine">,
): Promise<Finding> {
  if (name === "rehearsal") {
    return {
      code: "model_off",
      state: "off",
      text: "No model: the built-in rehearsal engine answers. It speaks, but does not understand.",
      remedy: "Write OPENAI_API_KEY=sk-… into the file .env and start the server again.",
    };
  }
  const values = { model: name, host: new URL(openai.url).host };
  switch (await examine()) {
    case undefined:
      return { code: "model_ok", state: "ok", text: "{model} answers, at {host}.", values };
    case "invalid_api_key":
    case "not_permitted":
      return {
        code: "model_key_refused",
        state: "broken",
        text: "{host} refuses the key: callers hear an apology.",
        remedy: "Put a key that is valid and has access to {model} into OPENAI_API_KEY.",
        values,
      };
    case "model_not_found":
      return {
        code: "model_unknown",
        state: "broken",
        text: "{host} does not know the model {model}, or the key may not use it.",
        remedy: "Correct OPENAI_MODEL, or give the key's project access to it.",
        values,
      };
    case "insufficient_quota":
      return {
        code: "model_no_credit",
        state: "broken",
        text: "The account at {host} has no credit left.",
        remedy: "Add credit there, or raise the account's limit.",
        values,
      };
    case "network":
      return {
        code: "model_unreachable",
        state: "broken",
        text: "{host} cannot be reached from here.",
        remedy: "Check the network, the firewall and OPENAI_REALTIME_URL.",
        values,
      };
    default:
      return {
        code: "model_uncertain",
        state: "warning",
        text: "{host} did not answer as expected just now.",
        remedy: "Look again in a minute; the server's log has the details of failed calls.",
        values,
      };
  }
}
