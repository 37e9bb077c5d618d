// A request as a Solid signal: the last answer stays while the next is on its way, and after a failure.
import { type Accessor, batch, createEffect, createSignal, on, onCleanup } from "solid-js";
import { type Failure, getJson } from "./client.ts";

export interface Load<T> {
  /** The last good answer, also while a newer one is loading. */
  readonly value: Accessor<T | null>;
  /** The path that `value` answers; differs from the one asked for while stale. */
  readonly valuePath: Accessor<string | null>;
  readonly failure: Accessor<Failure | null>;
  readonly loading: Accessor<boolean>;
  retry(): void;
}

/** null asks for nothing. A change of `tick` asks again. */
export function createLoad<T>(path: Accessor<string | null>, tick: Accessor<number>): Load<T> {
  const [value, setValue] = createSignal<T | null>(null);
  const [valuePath, setValuePath] = createSignal<string | null>(null);
  const [failure, setFailure] = createSignal<Failure | null>(null);
  const [loading, setLoading] = createSignal(false);
  const [retries, setRetries] = createSignal(0);
  let running: AbortController | null = null;

  createEffect(
    on([path, tick, retries], ([asked]) => {
      running?.abort();
      running = null;
      if (asked === null) {
        batch(() => {
          setValue(null);
          setValuePath(null);
          setFailure(null);
          setLoading(false);
        });
        return;
      }
      const mine = new AbortController();
      running = mine;
      setLoading(true);
      getJson<T>(asked, mine.signal).then(
        (answer) => {
          if (mine.signal.aborted) return;
          batch(() => {
            setLoading(false);
            if (answer.ok) {
              setValue(() => answer.value);
              setValuePath(asked);
              setFailure(null);
            } else {
              setFailure(answer.failure);
            }
          });
        },
        () => {
          // Aborted: the request that took its place reports.
        },
      );
    }),
  );
  onCleanup(() => running?.abort());
  return { value, valuePath, failure, loading, retry: () => setRetries((count) => count + 1) };
}
