/// <reference lib="dom" />

/** Opens the run that a link leads into, and goes there once more now that it can be seen. */
function open(): void {
  const target = document.getElementById(location.hash.slice(1));
  if (target === null) return;
  const run = target.closest("details");
  if (run !== null) run.open = true;
  target.scrollIntoView({ block: "center" });
}

addEventListener("hashchange", open);
// A link to the place that the address has already changes nothing.
addEventListener("click", ({ target }) => {
  const link = target instanceof Element ? target.closest("a") : null;
  if (link?.getAttribute("href") === location.hash) open();
});
if (location.hash !== "") open();

export {};
