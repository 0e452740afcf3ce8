/// <reference lib="dom" />
import { fetchApiJson } from "../apiClient.ts";
import { find } from "../elements.ts";
import { batchBounds } from "./batchBounds.ts";
import { changesOf, fieldMoment, hoursText } from "./batchOptions.ts";
import type { BatchDetail } from "./batchTypes.ts";

/** What the form needs of the view that it is part of. */
interface BatchEditing {
  readonly batch: BatchDetail;
  readonly signal: AbortSignal;
  /** Called when a change was made. */
  readonly onChanged: () => Promise<void>;
  readonly onFailed: (error: unknown) => void;
}

/**
 * Creates the form that changes a paused batch: hours, pace, start and end. What it returns offers it for a
 * batch, or takes it away where that is not paused; what is being typed stays.
 */
export function createBatchEditForm(): (editing: BatchEditing) => void {
  const open = find("batch-edit", HTMLButtonElement);
  const form = find("batch-edit-form", HTMLFormElement);
  const drop = find("batch-edit-drop", HTMLButtonElement);
  find("batch-edit-fields", HTMLElement).append(...batchBounds());

  return function offerChanges({ batch, signal, onChanged, onFailed }) {
    const isPaused = batch.state === "paused";
    open.hidden = !isPaused;
    if (!isPaused || form.dataset["batch"] !== batch.batchId) show(false);
    open.onclick = () => {
      if (form.hidden) fill(batch);
      show(form.hidden !== false);
    };
    drop.onclick = () => show(false);
    form.onsubmit = (event) => {
      event.preventDefault();
      save().catch(onFailed);
    };

    async function save(): Promise<void> {
      await fetchApiJson(`/api/outbound/batches/${batch.batchId}`, {
        method: "PATCH",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(changesOf(new FormData(form), batch)),
        signal,
      });
      show(false);
      await onChanged();
    }
  };

  function show(isOpen: boolean): void {
    form.hidden = !isOpen;
    open.ariaExpanded = String(isOpen);
  }

  function fill({ batchId, name, startsAt, endsAt, plan }: BatchDetail): void {
    form.dataset["batch"] = batchId;
    const values: Readonly<Record<string, string>> = {
      name: name ?? "",
      startsAt: fieldMoment(startsAt),
      endsAt: fieldMoment(endsAt),
      hours: hoursText(plan.hours),
      perMinute: `${plan.perMinute ?? ""}`,
      atOnce: `${plan.atOnce ?? ""}`,
      usd: `${plan.stop?.usd ?? ""}`,
    };
    for (const input of form.querySelectorAll("input")) input.value = values[input.name] ?? "";
  }
}
