// The few icons of the page, drawn on a 16 px grid in the text's colour.
import type { JSX } from "solid-js";

const PATHS = {
  refresh: "M13 3.5V7H9.5M3 12.5V9h3.5M12.6 7A5 5 0 0 0 4 4.6L3 6m10 4-1 1.4A5 5 0 0 1 3.4 9",
  clock: "M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11ZM8 5v3.2l2.2 1.3",
  moon: "M13 9.6A5.5 5.5 0 0 1 6.4 3a5.5 5.5 0 1 0 6.6 6.6Z",
  sun: "M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6ZM8 1.5v1.6m0 9.8v1.6M1.5 8h1.6m9.8 0h1.6M3.4 3.4l1.1 1.1m7 7 1.1 1.1m0-9.2-1.1 1.1m-7 7-1.1 1.1",
  plus: "M8 3.5v9M3.5 8h9",
  cross: "m4.5 4.5 7 7m0-7-7 7",
  swap: "M4 6h9l-2.5-2.5M12 10H3l2.5 2.5",
  earlier: "M9.5 4 5.5 8l4 4",
  later: "m6.5 4 4 4-4 4",
  share: "M8 9.5v-7m-2.5 2.5L8 2.5 10.5 5M4.5 7.5H3v6h10v-6h-1.5",
  out: "M7 3a4 4 0 1 0 0 8 4 4 0 0 0 0-8Zm3 7 3.5 3.5M5.2 7h3.6",
  store: "M3 4c0-2 10-2 10 0v8c0 2-10 2-10 0zM3 4c0 2 10 2 10 0M3 8c0 2 10 2 10 0",
  inbox: "M2.5 9 4.5 3h7l2 6v4h-11zM2.5 9H6a2 2 0 0 0 4 0h3.5",
  lock: "M5 7.5V5a3 3 0 0 1 6 0v2.5m-7.5 0h9v6h-9z",
  file: "M4 2h5l3 3v9H4zM9 2v3h3",
  flag: "M4 14V2.5m0 .5h8.5L10 6l2.5 3H4",
  copy: "M5.5 5.5v-3h8v8h-3m-8-5h8v8h-8z",
} as const;

export function Icon(props: { name: keyof typeof PATHS }): JSX.Element {
  return (
    <svg
      width="16"
      height="16"
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      stroke-width="1.5"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[props.name]} />
    </svg>
  );
}
