import { type Difference, type FigureChange, isSame } from "../difference.ts";
import { figureNames } from "../figures.ts";
import { seconds } from "../../expect/verdict.ts";
import { type Paint, tame } from "./paint.ts";

/** What has changed since the baseline, a title first. */
export function differenceLines(difference: Difference, paint: Paint): readonly string[] {
  const { since, otherwise, worse, better, added, removed, figures } = difference;
  const other = otherwise.length === 0 ? "" : `, which had ${otherwise.join(", ")}`;
  const title = `the baseline of ${since.slice(0, 16).replace("T", " ")} UTC${tame(other)}`;
  if (isSame(difference)) return [`Nothing has changed since ${title}.`];
  return [
    `Since ${title}:`,
    ...worse.flatMap(({ name, was, is, newFaults }) => [
      `  ${paint("bad", is === 0 ? "now fails" : "fails more")}  ${tame(name)} (${rates(was, is)})`,
      ...newFaults.map((fault) => `             ${tame(fault)}`),
    ]),
    ...better.map(({ name, was, is }) =>
      `  ${paint("good", is === 1 ? "mended" : "fails less")}  ${tame(name)} (${rates(was, is)})`
    ),
    ...(added.length > 0 ? [`  new: ${added.map(tame).join(", ")}`] : []),
    ...(removed.length > 0 ? [`  gone: ${removed.map(tame).join(", ")}`] : []),
    ...figures.map((change) => `  ${figureChangeText(change)}`),
  ];
}

/** Such as `answers: median 0.80 s to 0.95 s (+0.15 s), worst ...`. */
export function figureChangeText({ name, was, is }: FigureChange): string {
  const parts = (["median", "worst"] as const).filter((key) =>
    seconds(was[key]) !== seconds(is[key])
  ).map((key) => {
    const by = is[key] - was[key];
    return `${key} ${seconds(was[key])} to ${seconds(is[key])} (${by > 0 ? "+" : "-"}${
      seconds(Math.abs(by))
    })`;
  });
  return `${figureNames[name]}: ${parts.join(", ")}`;
}

function rates(was: number, is: number): string {
  return `${Math.round(was * 100)}% to ${Math.round(is * 100)}%`;
}
