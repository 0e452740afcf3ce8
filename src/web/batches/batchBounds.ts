/// <reference lib="dom" />
import { element } from "../elements.ts";
import { t } from "../text.ts";

/** The fields of when a batch calls, how fast, and for how much; `optionsOf` reads them. */
export function batchBounds(): readonly HTMLElement[] {
  return [
    field(t("Begins"), { name: "startsAt", type: "datetime-local" }),
    field(t("Ends"), { name: "endsAt", type: "datetime-local" }),
    field(t("Hours, by the callee's clock"), {
      name: "hours",
      placeholder: t("mon-fri 09:00-18:00; sat 10:00-14:00"),
      autocomplete: "off",
    }),
    field(t("Calls a minute"), number("perMinute", { min: "0.01", max: "6000", step: "any" })),
    field(t("Calls at once"), number("atOnce", { min: "1", max: "1000" })),
    field(t("Pause at dollars"), number("usd", { min: "0.01", step: "any" })),
  ];
}

type InputProperties = Partial<HTMLInputElement>;

function field(text: string, input: InputProperties): HTMLElement {
  return element("label", {}, [text, " ", element("input", input)]);
}

function number(
  name: string,
  range: Pick<InputProperties, "min" | "max" | "step">,
): InputProperties {
  return { name, type: "number", ...range };
}
