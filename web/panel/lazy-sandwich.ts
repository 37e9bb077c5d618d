/** The sandwich, which comes when it is first shown. */
import { lazyView } from "./lazy-view.ts";
import type { SandwichEvents, SandwichShow, SandwichView } from "./sandwich-view.ts";

export const createLazySandwich = (label: string, events: SandwichEvents): SandwichView =>
  lazyView<SandwichShow, SandwichView>("efp-sandwich", async () =>
    (await import("./sandwich-view.ts")).createSandwichView(label, events),
  );
