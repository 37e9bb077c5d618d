// The page: header, and the view that the URL names.
import { createEffect, createMemo, type JSX, Match, Show, Switch } from "solid-js";
import { createAppModel } from "./app-model.ts";
import { ComparisonPage } from "./comparison-page.tsx";
import { DiffPage } from "./diff-page.tsx";
import { FirstUse } from "./first-use.tsx";
import { Header } from "./header.tsx";
import { LazyPage } from "./lazy-page.tsx";
import { ErrorNotice } from "./notices.tsx";
import { SinglePage } from "./single-page.tsx";

const VIEW_NAMES = {
  single: "Profile",
  comparison: "Comparison",
  diff: "Diff",
  inbox: "Inbox",
  adhoc: "Ad hoc",
} as const;

export function App(): JSX.Element {
  const app = createAppModel(window);
  const page = createMemo(() => app.state().page);
  const query = createMemo(() => app.state().query);
  /** Views that show no stored profile. */
  const own = createMemo(() => page() === "inbox" || page() === "adhoc");
  const firstUse = createMemo(() => !own() && app.servicesLoad.value() !== null && app.services().length === 0);
  const subject = () => {
    const selected = app.selection();
    return selected === null ? (query() ?? "") : `${selected.service.name} ${selected.type.label}`;
  };
  const title = () => (own() ? VIEW_NAMES[page()] : subjectTitle());
  const subjectTitle = () => `${VIEW_NAMES[page()]}${subject() === "" ? "" : ` of ${subject()}`}`;
  createEffect(() => {
    document.title = firstUse() ? "Welcome · Edgeflame" : `${title()} · Edgeflame`;
  });

  return (
    <>
      <a class="ef-skip" href="#main">
        Skip to the profile
      </a>
      <Header app={app} />
      <main class="ef-main" id="main" tabIndex={-1}>
        <Show when={!firstUse()} fallback={<FirstUse app={app} />}>
          <h1 class="ef-hidden">{title()}</h1>
          <Show when={page() === "adhoc" ? null : app.servicesLoad.failure()}>
            {(failure) => (
              <ErrorNotice what="The list of applications" failure={failure()} onRetry={app.servicesLoad.retry} />
            )}
          </Show>
          <Show when={page() === "inbox"}>
            <LazyPage app={app} load={() => import("./inbox-page.tsx").then(({ InboxPage }) => InboxPage)} />
          </Show>
          <Show when={page() === "adhoc"}>
            <LazyPage app={app} load={() => import("./adhoc-page.tsx").then(({ AdhocPage }) => AdhocPage)} />
          </Show>
          <Show when={own() ? null : query()}>
            {(chosen) => (
              <Switch>
                <Match when={page() === "single"}>
                  <SinglePage app={app} query={chosen()} />
                </Match>
                <Match when={page() === "comparison"}>
                  <ComparisonPage app={app} query={chosen()} />
                </Match>
                <Match when={page() === "diff"}>
                  <DiffPage app={app} query={chosen()} />
                </Match>
              </Switch>
            )}
          </Show>
        </Show>
      </main>
    </>
  );
}
