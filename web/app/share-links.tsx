// What was made of a share: its link, the code that embeds it, and the only key that deletes it.
import { createSignal, createUniqueId, type JSX, onMount, Show } from "solid-js";
import type { ShareAnswer } from "../../src/api/share.ts";
import { copyText } from "../panel/clipboard.ts";
import type { Zone } from "../state/time-form.ts";
import { fullText } from "../state/time-text.ts";
import { Icon } from "./icons.tsx";

export function ShareLinks(props: { answer: Omit<ShareAnswer, "key">; zone: Zone; onMore: () => void }): JSX.Element {
  const [said, setSaid] = createSignal("");
  let heading!: HTMLHeadingElement;
  onMount(() => heading.focus());
  const ends = () => {
    const { expiresAt } = props.answer;
    return expiresAt === null ? "It stays until it is deleted." : `It is there until ${untilText(expiresAt)}.`;
  };
  const untilText = (iso: string) => fullText(Date.parse(iso) / 1000, props.zone);
  const copy = async (text: string, what: string) => {
    // Cleared first, so that the same words are said again.
    setSaid("");
    const isDone = await copyText(text);
    setSaid(`${what} ${isDone ? "is copied" : "could not be copied: select it, and copy by hand"}.`);
  };
  return (
    <div class="ef-share-form">
      <h3 ref={heading} tabIndex={-1}>
        It is public now
      </h3>
      <p>{ends()}</p>
      <Copied name="Link" text={props.answer.url} onCopy={copy}>
        <a class="ef-button" href={props.answer.url} target="_blank" rel="noopener noreferrer">
          Open
        </a>
      </Copied>
      <Copied name="Embed code" text={props.answer.embed} onCopy={copy} />
      <Copied
        name="Delete link"
        text={props.answer.deleteUrl}
        onCopy={copy}
        hint="Keep it: it is shown once, and is gone when this page is left. Who opens it can delete the share."
      />
      <div class="ef-bar">
        <button type="button" class="ef-button" onClick={() => props.onMore()}>
          Share again
        </button>
        <span role="status">{said()}</span>
      </div>
    </div>
  );
}

function Copied(props: {
  name: string;
  text: string;
  hint?: string;
  onCopy: (text: string, what: string) => Promise<void>;
  children?: JSX.Element;
}): JSX.Element {
  const id = createUniqueId();
  return (
    <div class="ef-field">
      <label for={id}>{props.name}</label>
      <div class="ef-share-row">
        <input
          id={id}
          class="ef-input ef-mono"
          type="text"
          readonly
          value={props.text}
          aria-describedby={props.hint === undefined ? undefined : `${id}-hint`}
          onFocus={(event) => event.currentTarget.select()}
        />
        <button
          type="button"
          class="ef-button"
          aria-label={`Copy: ${props.name}`}
          onClick={() => void props.onCopy(props.text, props.name)}
        >
          <Icon name="copy" />
          Copy
        </button>
        {props.children}
      </div>
      <Show when={props.hint}>{(hint) => <span id={`${id}-hint`}>{hint()}</span>}</Show>
    </div>
  );
}
