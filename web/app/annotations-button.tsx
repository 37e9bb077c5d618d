// The button beside a timeline that opens its annotations; the timeline's context menu opens them at a moment.
import { createSignal, type JSX } from "solid-js";
import type { Annotation } from "../../src/api/annotations.ts";
import type { AppModel } from "./app-model.ts";
import { Icon } from "./icons.tsx";
import { LazyDialog } from "./lazy-dialog.tsx";

export interface AnnotationsButtonProps {
  readonly app: AppModel;
  readonly service: string;
  /** Of the range that is shown, by time. */
  readonly annotations: readonly Annotation[];
  /** Is handed what opens it at a moment (unix seconds). */
  readonly opener: (open: (seconds: number) => void) => void;
}

export function AnnotationsButton(props: AnnotationsButtonProps): JSX.Element {
  const [moment, setMoment] = createSignal<number | null>(null);
  const of = { service: () => props.service, annotations: () => props.annotations, moment };
  return (
    <LazyDialog
      label="Annotations"
      quiet
      button={<Icon name="flag" />}
      opener={(open) =>
        props.opener((seconds) => {
          setMoment(seconds);
          open();
        })
      }
      onClose={() => setMoment(null)}
      load={async () => (await import("./annotations-dialog.tsx")).annotationsDialog(props.app, of)}
    />
  );
}
