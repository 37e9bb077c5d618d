// Pages of a few words: not there, delete?, deleted, report. No script, and one style sheet, which stands in the page itself: it
// may be asked for at any depth, and where the built page is not. Its policy knows the sheet by its hash and lets in nothing else.

/** Of the tokens of web/tokens.css those that it needs: a test says that they are the same. */
const TOKENS = `
  --ef-bg: light-dark(#ffffff, #12141a);
  --ef-text: light-dark(#1b1f24, #e6e8ec);
  --ef-text-2: light-dark(#57606a, #9aa4b2);
  --ef-border: light-dark(#8c959f, #5b6472);
  --ef-line: light-dark(#dfe3e8, #2b313c);
  --ef-accent: light-dark(#0b63ce, #6cb0ff);
  --ef-accent-text: light-dark(#ffffff, #0b0b0b);
  --ef-danger: light-dark(#b42318, #ff8a80);
  --ef-hover: light-dark(#e9ecf0, #262c37);
  --ef-s1: 4px;
  --ef-s2: 8px;
  --ef-s3: 12px;
  --ef-s4: 16px;
  --ef-s6: 24px;
  --ef-t-small: 12px;
  --ef-t-base: 13px;
  --ef-t-input: 14px;
  --ef-t-page: 20px;
  --ef-radius: 5px;`;

export const NOTICE_STYLE = `:root { color-scheme: light dark;${TOKENS} }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ef-bg); color: var(--ef-text); font: var(--ef-t-input) / 1.5 system-ui, sans-serif; }
main { max-width: 34rem; margin: 0 auto; padding: clamp(24px, 12vh, 120px) var(--ef-s4) var(--ef-s6); }
h1 { margin: 0 0 var(--ef-s3); font-size: var(--ef-t-page); font-weight: 600; line-height: 1.25; }
p { margin: 0 0 var(--ef-s4); overflow-wrap: anywhere; }
a { color: var(--ef-accent); }
.brand { display: flex; align-items: center; gap: var(--ef-s2); color: var(--ef-text-2); font-size: var(--ef-t-base); }
.subject { padding: var(--ef-s2) var(--ef-s3); border: 1px solid var(--ef-line); border-radius: var(--ef-radius); font-weight: 600; }
.small { color: var(--ef-text-2); font-size: var(--ef-t-base); }
.actions { display: flex; flex-wrap: wrap; align-items: center; gap: var(--ef-s3) var(--ef-s4); margin: 0; }
button, textarea { font: inherit; border-radius: var(--ef-radius); }
button { min-height: 36px; padding: 6px 14px; border: 1px solid var(--ef-accent); background: var(--ef-accent); color: var(--ef-accent-text); cursor: pointer; }
button.danger { border-color: var(--ef-danger); background: var(--ef-danger); color: var(--ef-bg); }
button:hover { filter: brightness(1.08); }
a, button, textarea, input { outline-offset: 2px; }
:focus-visible { outline: 2px solid var(--ef-accent); }
fieldset { margin: 0 0 var(--ef-s4); padding: 0; border: 0; }
legend, .label { margin-bottom: var(--ef-s1); padding: 0; font-weight: 600; }
.label { display: block; }
.choice { display: flex; align-items: center; gap: var(--ef-s2); min-height: 32px; }
.choice input { flex: none; width: 16px; height: 16px; margin: 0; accent-color: var(--ef-accent); }
textarea { display: block; width: 100%; padding: var(--ef-s2); border: 1px solid var(--ef-border); background: var(--ef-bg); color: var(--ef-text); resize: vertical; }`;

/** What the policy knows the sheet by. */
export const NOTICE_STYLE_HASH = "sha256-dFJZbXHtw9wP8Elh75FYcNQ0tlgo+QC2B3c+EdhRqlA=";

const MARK = `<svg width="16" height="16" viewBox="0 0 32 32" aria-hidden="true"><path fill="#dd7a29" d="M3 22h26v6H3zM3 14h17v6H3zM3 6h10v6H3z"/></svg>`;

/** @param title of ours: it is not escaped, and neither is the body */
export function notice(title: string, body: string): string {
  return [
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">`,
    `<meta name="robots" content="noindex"><meta name="color-scheme" content="light dark"><title>${title} · Edgeflame</title>`,
    `<style>${NOTICE_STYLE}</style></head>`,
    `<body><main><p class="brand">${MARK}Edgeflame</p><h1>${title}</h1>${body}</main></body></html>`,
  ].join("");
}

export interface Question {
  readonly title: string;
  /** What it is about, escaped. */
  readonly subject: string;
  readonly button: string;
  /** Where it can be looked at first: the key in the link. */
  readonly key: string;
}

/** Asks before something is gone for ever. The address is `<kind>/<key>/delete/<secret>`. */
export const askPage = ({ title, subject, button, key }: Question): string =>
  notice(
    title,
    `<p class="subject">${subject}</p><p>This can't be undone.</p>` +
      `<form method="post" class="actions"><button type="submit" class="danger">${button}</button><a href="../../${key}">Look at it first</a></form>`,
  );
