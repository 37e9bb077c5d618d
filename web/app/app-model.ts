// What every part of the page shares: the state in the URL, the list of services, the clock, zone and theme.
import { type Accessor, createEffect, createMemo, createSignal, onCleanup } from "solid-js";
import type { InboxResponse } from "../../src/api/inbox.ts";
import type { Service, ServicesResponse } from "../../src/api/services.ts";
import { createLoad, type Load } from "../api/load.ts";
import type { PageState, ThemeName } from "../state/page-state.ts";
import { storedTheme, storedZone, storeTheme, storeZone } from "../state/preferences.ts";
import { firstSelection, queryFor, type Selection, selectionOf } from "../state/selection.ts";
import { createPageStore, type PageStore } from "../state/store.ts";
import type { Zone } from "../state/time-form.ts";
import { createShownGraphs, type ShownGraphs } from "./shown-graphs.ts";

export interface AppModel {
  readonly store: PageStore;
  readonly state: Accessor<PageState>;
  readonly servicesLoad: Load<ServicesResponse>;
  readonly services: Accessor<readonly Service[]>;
  /** Counts alone, of everybody. */
  readonly inboxLoad: Load<InboxResponse>;
  /** What the query selects; null when it is about something unknown. */
  readonly selection: Accessor<Selection | null>;
  /** What the page has on it, for what takes it elsewhere. */
  readonly shown: ShownGraphs;
  /** Counts refreshes: loads that read it ask again. */
  readonly tick: Accessor<number>;
  refresh(): void;
  readonly zone: Accessor<Zone>;
  setZone(zone: Zone): void;
  readonly theme: Accessor<ThemeName>;
  toggleTheme(): void;
  /** Unix seconds, corrected when the server's clock is known to differ. */
  nowSeconds(): number;
  /** The server's clock minus this one, as far as answers told. */
  setClockSkewSeconds(skew: number): void;
}

/** A server without data is asked this often whether the first profile has come. */
const WAITING_MS = 2000;

export function createAppModel(view: Window): AppModel {
  const store = createPageStore(view);
  const { state } = store;
  const [tick, setTick] = createSignal(0);
  const refresh = () => setTick((count) => count + 1);
  const servicesLoad = createLoad<ServicesResponse>(() => "api/services", tick);
  const inboxLoad = createLoad<InboxResponse>(() => "api/inbox?limit=0", tick);
  const services = createMemo(() => servicesLoad.value()?.services ?? []);
  const selection = createMemo(() => selectionOf(state().query, services()));
  const [skew, setSkew] = createSignal(0);
  const [zone, setZone] = createSignal(storedZone());

  // A fresh page starts with the application that sent last.
  createEffect(() => {
    if (state().query !== null) return;
    const first = firstSelection(services());
    if (first !== null) store.update({ query: queryFor(first) }, "replace");
  });
  createEffect(() => {
    const waiting = servicesLoad.value() !== null && services().length === 0;
    if (!waiting) return;
    const timer = setInterval(() => {
      servicesLoad.retry();
      inboxLoad.retry();
    }, WAITING_MS);
    onCleanup(() => clearInterval(timer));
  });
  const refreshSeconds = createMemo(() => state().refreshSeconds);
  createEffect(() => {
    const seconds = refreshSeconds();
    if (seconds === 0) return;
    // A page that nobody sees does not ask.
    const timer = setInterval(() => view.document.visibilityState === "visible" && refresh(), seconds * 1000);
    onCleanup(() => clearInterval(timer));
  });
  onCleanup(() => store.destroy());

  return {
    store,
    state,
    servicesLoad,
    inboxLoad,
    services,
    selection,
    shown: createShownGraphs(),
    tick,
    refresh,
    zone,
    setZone(next) {
      storeZone(next);
      setZone(next);
    },
    ...createTheme(view, () => state().theme),
    nowSeconds: () => Math.floor(Date.now() / 1000) + skew(),
    setClockSkewSeconds: (seconds) => setSkew(seconds),
  };
}

function createTheme(view: Window, linked: Accessor<ThemeName | null>): Pick<AppModel, "theme" | "toggleTheme"> {
  const dark = view.matchMedia("(prefers-color-scheme: dark)");
  const [system, setSystem] = createSignal<ThemeName>(dark.matches ? "dark" : "light");
  const [stored, setStored] = createSignal(storedTheme());
  const onSystem = () => setSystem(dark.matches ? "dark" : "light");
  dark.addEventListener("change", onSystem);
  onCleanup(() => dark.removeEventListener("change", onSystem));
  // The reader's own click wins over the link's wish.
  const [clicked, setClicked] = createSignal(false);
  const theme = createMemo(() => (clicked() ? null : linked()) ?? stored() ?? system());
  createEffect(() => {
    view.document.documentElement.dataset.theme = theme();
  });
  return {
    theme,
    toggleTheme() {
      const next = theme() === "dark" ? "light" : "dark";
      // What the system has anyway is not stored: then the page goes on following it.
      const choice = next === system() ? null : next;
      setClicked(true);
      storeTheme(choice);
      setStored(choice);
    },
  };
}
