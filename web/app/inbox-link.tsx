// The way to the inbox: an icon in the header that counts recent refusals, and a line where something is missing.
import { type JSX, Show } from "solid-js";
import { countedText } from "../state/time-text.ts";
import type { AppModel } from "./app-model.ts";
import { Icon } from "./icons.tsx";
import { PageLink } from "./page-link.tsx";

const SHOWN_MOST = 99;

export function InboxLink(props: { app: AppModel }): JSX.Element {
  const { app } = props;
  const recent = () => app.inboxLoad.value()?.recentRefusals ?? 0;
  return (
    <PageLink
      app={app}
      change={{ page: "inbox" }}
      class="ef-button ef-inbox-link"
      current={app.state().page === "inbox"}
      label={recent() === 0 ? "Inbox" : `Inbox: ${countedText(recent(), "recent refusal")}`}
    >
      <Icon name="inbox" />
      <Show when={recent() > 0}>
        <span class="ef-inbox-count" aria-hidden="true">
          {recent() > SHOWN_MOST ? `${SHOWN_MOST}+` : recent()}
        </span>
      </Show>
    </PageLink>
  );
}

/** Where data is missed: what was sent may have been refused. */
export function InboxHint(props: { app: AppModel }): JSX.Element {
  const { app } = props;
  const total = () => app.inboxLoad.value()?.total ?? 0;
  return (
    <>
      <span>
        {total() === 0
          ? "Something was sent, and is not here?"
          : `${countedText(total(), "kind")} of upload ${total() === 1 ? "was" : "were"} refused or mended lately.`}
      </span>
      <PageLink app={app} change={{ page: "inbox" }} class="ef-button">
        See what arrived and was refused
      </PageLink>
    </>
  );
}
