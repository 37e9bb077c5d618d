// A link to one of the page's own views: a plain click changes the state, any other is the browser's.
import type { JSX } from "solid-js";
import type { PageState } from "../state/page-state.ts";
import type { AppModel } from "./app-model.ts";

export interface PageLinkProps {
  readonly app: AppModel;
  readonly change: Partial<PageState>;
  readonly class?: string;
  /** Marks the view that is shown. */
  readonly current?: boolean;
  /** For links that are a picture. */
  readonly label?: string;
  readonly children: JSX.Element;
}

export function PageLink(props: PageLinkProps): JSX.Element {
  const { store, state } = props.app;
  return (
    <a
      class={props.class}
      href={store.href({ ...state(), ...props.change })}
      aria-current={props.current === true ? "page" : undefined}
      aria-label={props.label}
      title={props.label}
      data-icon={props.label === undefined ? undefined : ""}
      onClick={(event) => {
        // Other clicks open a tab or a window, as on any link.
        if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        store.update(props.change, "push");
      }}
    >
      {props.children}
    </a>
  );
}
