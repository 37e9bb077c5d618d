// Numbers of live embeds and of reports; those of shares themselves stand in config.ts.

/** Live embeds: what a query finds now, for anyone with the link (decision 0022). */
export const LIVE_EMBEDS = {
  rangeSeconds: 86_400,
  /** Life of one whose maker said nothing. Being seen does not lengthen it. */
  days: 90,
  /** Of a tenant: each may cost a query a minute. */
  most: 200,
  /** It is drawn anew when what is kept is older. */
  freshSeconds: 60,
  /** What is kept is shown for this long while somebody else draws, and while drawing fails. */
  staleSeconds: 300,
  /** Who has nothing to show looks this often whether somebody else has drawn it, unless that one set out too long ago. */
  looks: 10,
  lookMs: 250,
  drawingSeconds: 10,
} as const;

/** What readers tell the operator of shares. */
export const REPORTS = {
  detailsChars: 1000,
  /** Kept of one share, and of all of a tenant; of further ones only the first of a share, and the reader is told. */
  ofShare: 20,
  ofTenant: 2000,
  /** From one address. */
  perHour: 20,
  keepSeconds: 180 * 86_400,
} as const;
