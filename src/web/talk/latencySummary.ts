/// <reference lib="dom" />
import { find } from "../elements.ts";
import { formatSpan } from "../formats.ts";
import { t } from "../text.ts";

/** Shows below the conversation how fast its answers were heard. */
export function createLatencySummary() {
  const line = find("latencies", HTMLElement);
  const byItem = new Map<string, number>();

  return {
    /** A later one of the same item replaces it. */
    add(itemId: string, ms: number): void {
      if (byItem.size >= MAX_ANSWERS && !byItem.has(itemId)) return;
      byItem.set(itemId, ms);
      const sorted = [...byItem.values()].sort((a, b) => a - b);
      const values = {
        count: sorted.length,
        p50: formatSpan(quantile(sorted, 0.5)),
        p95: formatSpan(quantile(sorted, 0.95)),
      };
      line.hidden = false;
      line.textContent = values.count === 1
        ? t("1 answer, heard after {p50}", values)
        : t("{count} answers, heard after {p50} (p50) and {p95} (p95)", values);
    },
    clear(): void {
      byItem.clear();
      line.hidden = true;
      line.textContent = "";
    },
  };
}

/** The smallest value that at least this share of all is not above; takes them sorted, and at least one. */
function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

const MAX_ANSWERS = 1000;
