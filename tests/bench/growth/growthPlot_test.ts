import assert from "node:assert/strict";
import { SaxesParser } from "saxes";
import { growthPlot } from "./growthPlot.ts";
import type { GrowthFigures } from "./growthPoint.ts";

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  text: string;
}

Deno.test("the plot has a line for each server in each panel, its words as text", () => {
  const drawn = parse(growthPlot([
    ...[100, 200, 300].map((calls) => figures("forwarder", calls)),
    ...[100, 200].map((calls) => figures("Parley & <co>", calls)),
  ]));
  const lines = drawn.filter(({ name }) => name === "polyline").map(pointsOf);
  assert.deepEqual(lines.map(({ length }) => length), [3, 2, 3, 2, 3, 2]);
  const words = drawn.filter(({ name }) => name === "text").map(({ text }) => text);
  for (
    const expected of [
      "forwarder",
      "Parley & <co>",
      "calls",
      "CPU, ms per call-second",
      "p99 delay of a frame, ms",
      "Resident memory, MB",
    ]
  ) assert.ok(words.includes(expected), expected);
  assert.ok(!words.some((text) => text.startsWith("hollow")));
});

Deno.test("points are where the ticks of their values are", () => {
  const drawn = parse(growthPlot([figures("forwarder", 100), figures("forwarder", 300)]));
  const ticks = (name: string) =>
    drawn.filter((one) => one.name === "text" && one.attributes["class"] === name);
  // CPU of 1 ms and 3 ms.
  const [one, three] = ["1", "3"].map((tick) => ticks("end").find(({ text }) => text === tick));
  const [first, second] = pointsOf(drawn.find(({ name }) => name === "polyline")!);
  assert.equal(first!.y, Number(one!.attributes["y"]) - 4);
  assert.equal(second!.y, Number(three!.attributes["y"]) - 4);
  const hundred = ticks("middle").find(({ text }) => text === "100");
  assert.equal(first!.x, Number(hundred!.attributes["x"]));
});

Deno.test("everything that is drawn is within the picture, whatever the figures", () => {
  for (
    const drawnFigures of [
      [],
      [figures("forwarder", 1)],
      [figures("forwarder", 25, { p99Ms: 0, mb: 12_345, cpuMsPerCallSecond: 0.0003 })],
      [25, 300].map((calls) => figures("parley", calls, { p99Ms: 7_654.3 * calls })),
    ]
  ) {
    const drawn = parse(growthPlot(drawnFigures));
    const [, , width, height] = drawn[0]!.attributes["viewBox"]!.split(" ").map(Number);
    const places = drawn.flatMap((element) => {
      const { points, x, y, cx, cy, x1, y1 } = element.attributes;
      if (points !== undefined) return pointsOf(element);
      return [{ x: Number(x ?? cx ?? x1 ?? 0), y: Number(y ?? cy ?? y1 ?? 0) }];
    });
    for (const { x, y } of places) {
      assert.ok(x >= 0 && x <= width! && y >= 0 && y <= height!, `${x}, ${y}`);
    }
  }
});

Deno.test("points at which the callers were the limit are hollow, and the legend says so", () => {
  const drawn = parse(growthPlot([
    figures("forwarder", 200),
    figures("forwarder", 300, { standInsShare: 0.97 }),
  ]));
  const hollow = drawn.filter(({ attributes }) => attributes["class"]?.endsWith("hollow"));
  assert.equal(hollow.length, 3 + 1);
  assert.ok(drawn.some(({ text }) => text === "hollow: the callers' core was the limit"));
});

function figures(server: string, calls: number, more: Partial<GrowthFigures> = {}): GrowthFigures {
  return {
    calls,
    server,
    cpuMsPerCallSecond: calls / 100,
    cpuRatio: 1,
    p99Ms: calls / 10,
    maxMs: calls / 5,
    longestMs: calls / 5,
    mb: 100 + calls / 2,
    mbPerCall: 0.5,
    standInsShare: 0.2,
    standInsLateMs: 2,
    ...more,
  };
}

/** Fails where it is not well-formed. */
function parse(svg: string): readonly Element[] {
  const elements: Element[] = [];
  const open: Element[] = [];
  const parser = new SaxesParser();
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("opentag", ({ name, attributes }) => {
    const element = { name, attributes, text: "" };
    elements.push(element);
    open.push(element);
  });
  parser.on("text", (text) => {
    const last = open.at(-1);
    if (last !== undefined) last.text += text;
  });
  parser.on("closetag", () => void open.pop());
  parser.write(svg).close();
  return elements;
}

function pointsOf({ attributes }: Element) {
  return (attributes["points"] ?? "").split(" ").filter((point) => point !== "").map((point) => {
    const [x = NaN, y = NaN] = point.split(",").map(Number);
    return { x, y };
  });
}
