/// <reference lib="dom" />
import type { Answer, ApiDocument, Content, Operation, Parameter } from "./document.ts";
import { element } from "../elements.ts";
import { marked, paragraphs } from "./markup.ts";
import { writeCurl } from "./example.ts";
import { describeSchema, showSchema } from "./schema.ts";

/** One operation: description, parameters, body, example and responses. */
export function showOperation(api: ApiDocument, operation: Operation): HTMLElement {
  const { id, method, path, description } = operation;
  const { summary, parameters = [], requestBody, responses = {} } = description;
  const isRequest = method !== "EVENT";
  return element("article", { id }, [
    element("h3", {}, [
      element("span", { textContent: summary ?? path }),
      element("a", { href: `#${id}`, className: "anchor", textContent: "#", title: "Link" }),
    ]),
    element("p", { className: "address" }, [
      element("span", { className: `method ${method.toLowerCase()}`, textContent: method }),
      element("code", { textContent: path }),
      ...((description.security ?? api.security ?? []).length > 0 || !isRequest
        ? []
        : [element("span", { className: "open", textContent: "no key needed" })]),
    ]),
    ...paragraphs(description.description ?? ""),
    ...showParameters(api, parameters),
    ...showContent(api, isRequest ? "Body" : "What is sent", requestBody?.content),
    ...(isRequest ? [showExample(writeCurl(api, operation, location.origin))] : []),
    ...Object.entries(responses)
      .filter(([status]) => !/^[45]XX$/.test(status))
      .flatMap(([status, answer]) => showAnswer(api, status, answer)),
  ]);
}

function showParameters(
  api: ApiDocument,
  parameters: readonly Parameter[],
): readonly HTMLElement[] {
  if (parameters.length === 0) return [];
  return [
    element("h4", { textContent: "Parameters" }),
    element(
      "dl",
      { className: "fields" },
      parameters.flatMap(({ name, in: place, required, description, schema = {} }) => [
        element("dt", {}, [
          element("code", { textContent: name }),
          element("span", {
            className: "kind",
            textContent: `${place}, ${describeSchema(api, schema)}`,
          }),
          ...(required === true && place !== "path"
            ? [element("span", { className: "required", textContent: "required" })]
            : []),
        ]),
        element("dd", {}, marked(description ?? schema.description ?? "")),
      ]),
    ),
  ];
}

function showAnswer(
  api: ApiDocument,
  status: string,
  { description = "", content }: Answer,
): readonly HTMLElement[] {
  return [
    element("h4", {}, [
      element("span", { className: "status", textContent: status }),
      ` ${description}`,
    ]),
    ...showContent(api, undefined, content),
  ];
}

function showContent(
  api: ApiDocument,
  title: string | undefined,
  content: Content | undefined,
): readonly HTMLElement[] {
  const heading = title === undefined ? [] : [element("h4", { textContent: title })];
  const shown = Object.entries(content ?? {}).flatMap(([type, { schema = {} }]) => [
    element("p", { className: "media", textContent: type }),
    ...showSchema(api, schema),
  ]);
  return shown.length === 0 ? [] : [...heading, ...shown];
}

function showExample(command: string): HTMLElement {
  const copy = element("button", { type: "button", textContent: "Copy", className: "copy" });
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(command);
    copy.textContent = "Copied";
    setTimeout(() => copy.textContent = "Copy", 1500);
  });
  return element("figure", { className: "example" }, [
    element("pre", { tabIndex: 0 }, [element("code", { textContent: command })]),
    copy,
  ]);
}
