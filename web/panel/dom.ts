/** Small helpers around the DOM. Text only ever goes in as text: names of frames are hostile. */

type Attributes = Readonly<Record<string, string | number | boolean>>;

export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className = "",
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  if (className !== "") made.className = className;
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false) made.setAttribute(name, value === true ? "" : String(value));
  }
  made.append(...children);
  return made;
}

export function button(
  className: string,
  text: string,
  onClick: () => void,
  attributes: Attributes = {},
): HTMLButtonElement {
  const made = element("button", className, { type: "button", ...attributes }, text);
  made.addEventListener("click", onClick);
  return made;
}

/** Writes only when it differs, so that assistive technology is not told the same thing twice. */
export function setText(target: Element, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}

let lastId = 0;

export function uniqueId(prefix: string): string {
  lastId++;
  return `${prefix}-${lastId}`;
}

/** Runs a paint once per frame, however often it is asked for. */
export function oncePerFrame(paint: () => void): { request: () => void; cancel: () => void } {
  let handle = 0;
  return {
    request: () => {
      if (handle === 0) {
        handle = requestAnimationFrame(() => {
          handle = 0;
          paint();
        });
      }
    },
    cancel: () => {
      cancelAnimationFrame(handle);
      handle = 0;
    },
  };
}
