// The top bar: views, application and type, range, refresh, theme.
import { For, type JSX, Show } from "solid-js";
import { type PageName, REFRESH_CHOICES_SECONDS } from "../state/page-state.ts";
import { spanText } from "../state/time-text.ts";
import type { AppModel } from "./app-model.ts";
import { AppSelect } from "./app-select.tsx";
import { Icon } from "./icons.tsx";
import { InboxLink } from "./inbox-link.tsx";
import { LazyDialog } from "./lazy-dialog.tsx";
import { PageLink } from "./page-link.tsx";
import { nothingToShare } from "./shown-graphs.ts";
import { TimeRangePicker } from "./time-range.tsx";

const VIEWS = [
  { page: "single", name: "Single" },
  { page: "comparison", name: "Comparison" },
  { page: "diff", name: "Diff" },
  { page: "adhoc", name: "Ad hoc" },
] as const satisfies readonly { page: PageName; name: string }[];

export function Header(props: { app: AppModel }): JSX.Element {
  const { app } = props;
  const { store, state } = app;
  /** A file of the reader's own has neither application nor time. */
  const isStored = () => state().page !== "adhoc";
  return (
    <header class="ef-header">
      <a class="ef-brand" href="./">
        <img src="./favicon.svg" width="22" height="22" alt="" />
        <span>Edgeflame</span>
      </a>
      <nav class="ef-nav" aria-label="Views">
        <For each={VIEWS}>
          {({ page, name }) => (
            <PageLink app={app} change={{ page }} current={state().page === page}>
              {name}
            </PageLink>
          )}
        </For>
      </nav>
      <Show when={isStored()}>
        <AppSelect app={app} />
      </Show>
      <div class="ef-header-time">
        <Show when={isStored()}>
          <TimeRangePicker
            app={app}
            label="Time range"
            range={state()}
            onRange={(range) => store.update(range, "push")}
          />
          <Refresh app={app} />
        </Show>
        <LazyDialog
          label="Share"
          wide
          button={
            <>
              <Icon name="share" />
              Share
            </>
          }
          unavailable={nothingToShare(state().page, app.shown.all())}
          load={() => import("./share-dialog.tsx").then(({ shareDialog }) => shareDialog(app))}
        />
        <InboxLink app={app} />
        <LazyDialog
          label="Manage data"
          button={<Icon name="store" />}
          load={() => import("./manage-dialog.tsx").then(({ manageDialog }) => manageDialog(app))}
        />
        <LazyDialog
          label="Keys"
          key="?"
          button={<span aria-hidden="true">?</span>}
          load={() => import("./help-dialog.tsx").then(({ HelpDialog }) => HelpDialog)}
        />
        <button
          type="button"
          class="ef-button"
          data-icon=""
          aria-label={app.theme() === "dark" ? "Use light theme" : "Use dark theme"}
          title={app.theme() === "dark" ? "Use light theme" : "Use dark theme"}
          onClick={app.toggleTheme}
        >
          <Icon name={app.theme() === "dark" ? "sun" : "moon"} />
        </button>
      </div>
    </header>
  );
}

function Refresh(props: { app: AppModel }): JSX.Element {
  const { store, state, refresh } = props.app;
  return (
    <>
      <button type="button" class="ef-button" data-icon="" aria-label="Refresh" title="Refresh" onClick={refresh}>
        <Icon name="refresh" />
      </button>
      <label class="ef-label">
        <span class="ef-hidden">Refresh every</span>
        <select
          class="ef-select"
          title="Refresh every"
          onChange={(event) => store.update({ refreshSeconds: Number(event.currentTarget.value) }, "push")}
        >
          <For each={REFRESH_CHOICES_SECONDS}>
            {(seconds) => (
              <option value={seconds} selected={seconds === state().refreshSeconds}>
                {seconds === 0 ? "Manual" : spanText(seconds)}
              </option>
            )}
          </For>
        </select>
      </label>
    </>
  );
}
