// Limits of what clients keep with the server, and of what they ask it besides flame graphs. The rest: config.ts.

/** What clients keep with the server (decision 0023). Each number is for one tenant. */
export const CLIENT_STORE = {
  settings: 200,
  settingNameBytes: 255,
  settingBytes: 64 * 1024,
  /** Pyroscope's number. */
  recordingRules: 25,
  ruleBytes: 16 * 1024,
  ruleMatchers: 30,
  ruleLabels: 30,
} as const;

/** What one scrape of the recording rules may cost. */
export const RECORDED = {
  /** Of all rules together: each is some questions to the catalog and to its live objects, and a request may ask a thousand. */
  appsPerScrape: 100,
  /** Of all rules of one function: an app's merged tree, once for each series. Some tens of milliseconds each. */
  treesPerScrape: 60,
  seriesPerRule: 1000,
  functionSeriesPerRule: 20,
  /** Of all rules' series as text: 25 rules of 1000 series with 300 bytes of labels each. */
  bytesPerScrape: 8 * 1024 * 1024,
  /** A gauge is the average of what was uploaded since. Agents upload once a minute at least. */
  gaugeSeconds: 120,
  /** For so long into a day the counter is still that of the day before, and then for so long 0: each longer than a scrape interval. */
  settleSeconds: 120,
  restSeconds: 60,
} as const;

/** Files that are kept to be looked at again. Each number is for one tenant; the oldest make room. */
export const ADHOC_FILES = {
  most: 200,
  mostBytes: 1024 * 1024 * 1024,
  days: 90,
  nameChars: 255,
} as const;

/** Remarks on timelines, of one tenant. Each has its app's name twice; an answer lists the newest. */
export const ANNOTATIONS = {
  most: 10_000,
  contentBytes: 4096,
  nameBytes: 1024,
  listed: 500,
} as const;

/** Source files that are fetched for whoever looks at a line. */
export const SOURCE_FILES = {
  bytes: 1024 * 1024,
  /** Of all attempts at one file together. */
  milliseconds: 10_000,
  /** Folders that the builder's path may begin with, and the repository has not: each is an attempt. */
  paths: 8,
} as const;

/** Flame graphs that are asked for now and fetched later (decision 0027). Each number is for one tenant. */
export const ASYNC_QUERIES = {
  /** Pyroscope's number. */
  running: 5,
  /** Questions, answered or not. The oldest that nobody works on make room. */
  kept: 100,
  keptBytes: 256 * 1024 * 1024,
  questionBytes: 64 * 1024,
  /** A million nodes have some 20 MB. It is held twice while it is stored. */
  answerBytes: 32 * 1024 * 1024,
  keepSeconds: 30 * 60,
  /** Who has not answered after this time is dead: a Worker has 30 s after its response. The next poll begins anew. */
  leaseSeconds: 60,
  attempts: 3,
} as const;
