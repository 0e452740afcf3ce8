/// <reference lib="dom" />

/** The dots of a plot are one stop of the tab key; arrows go from one to the next, and what it is stands below. */
function follow(plot: Element): void {
  const dots = [...plot.querySelectorAll<SVGAElement>("a")];
  const readout = plot.querySelector(".readout");

  function tell(dot: Element): void {
    if (readout !== null) readout.textContent = dot.getAttribute("aria-label");
  }

  function go(to: number): void {
    const dot = dots[Math.min(dots.length - 1, Math.max(0, to))];
    if (dot === undefined) return;
    for (const other of dots) other.setAttribute("tabindex", other === dot ? "0" : "-1");
    dot.focus();
  }

  for (const [index, dot] of dots.entries()) {
    dot.addEventListener("focus", () => tell(dot));
    dot.addEventListener("pointerenter", () => tell(dot));
    dot.addEventListener("keydown", (event) => {
      const to = {
        ArrowRight: index + 1,
        ArrowLeft: index - 1,
        Home: 0,
        End: dots.length - 1,
      }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      go(to);
    });
  }
}

for (const plot of document.querySelectorAll(".plot")) follow(plot);

export {};
