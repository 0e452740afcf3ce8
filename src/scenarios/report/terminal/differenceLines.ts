import { type Difference, isSame } from "../difference.ts";
import { baselineName, figureChangeText, rateChange } from "../wording.ts";
import { type Paint, tame } from "./paint.ts";

/** What has changed since the baseline, a title first. */
export function differenceLines(difference: Difference, paint: Paint): readonly string[] {
  const { worse, better, added, removed, figures } = difference;
  const title = tame(baselineName(difference));
  if (isSame(difference)) return [`Nothing has changed since ${title}.`];
  return [
    `Since ${title}:`,
    ...worse.flatMap(({ name, was, is, newFaults }) => [
      `  ${paint("bad", is === 0 ? "now fails" : "fails more")}  ${tame(name)} (${
        rateChange({ was, is })
      })`,
      ...newFaults.map((fault) => `             ${tame(fault)}`),
    ]),
    ...better.map(({ name, was, is }) =>
      `  ${paint("good", is === 1 ? "mended" : "fails less")}  ${tame(name)} (${
        rateChange({ was, is })
      })`
    ),
    ...(added.length > 0 ? [`  new: ${added.map(tame).join(", ")}`] : []),
    ...(removed.length > 0 ? [`  gone: ${removed.map(tame).join(", ")}`] : []),
    ...figures.map((change) => `  ${figureChangeText(change)}`),
  ];
}
