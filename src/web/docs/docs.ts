/// <reference lib="dom" />
import { type ApiDocument, operationsOf, type Tag } from "./document.ts";
import { element, find } from "../elements.ts";
import { paragraphs } from "./markup.ts";
import { showOperation } from "./operation.ts";

await main();

async function main(): Promise<void> {
  const reference = find("reference", HTMLElement);
  try {
    const response = await fetch("/openapi.json");
    if (!response.ok) throw new Error(`The server answered ${response.status}.`);
    const api: ApiDocument = await response.json();
    reference.replaceChildren(...show(api));
    find("contents", HTMLElement).replaceChildren(...list(api));
    reference.removeAttribute("aria-busy");
    // The target of the URL fragment exists only now.
    document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    find("problem", HTMLElement).textContent =
      `The description of the API could not be read. ${reason}`;
  }
}

function show(api: ApiDocument): readonly HTMLElement[] {
  const introduction = element("section", { className: "introduction" }, [
    element("h1", { textContent: `${api.info.title}: the API` }),
    ...paragraphs(api.info.description ?? ""),
  ]);
  const sections = operationsOf(api).map((tag) =>
    element("section", {}, [
      element("h2", { textContent: tag.name, id: tag.id }),
      ...paragraphs(tag.description),
      ...tag.operations.map((operation) => showOperation(api, operation)),
    ])
  );
  return [introduction, ...sections];
}

function list(api: ApiDocument): readonly HTMLElement[] {
  return operationsOf(api).flatMap((tag: Tag) => [
    element("a", { textContent: tag.name, href: `#${tag.id}`, className: "tag" }),
    element(
      "ul",
      {},
      tag.operations.map(({ id, method, path, description }) =>
        element("li", {}, [
          element("a", { href: `#${id}`, title: `${method} ${path}` }, [
            element("span", { textContent: description.summary ?? path }),
          ]),
        ])
      ),
    ),
  ]);
}
