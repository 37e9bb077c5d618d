// Operations on shares (decision 0018). Pages for people (share/<key>, its embed) are no operations.
import { ShareAnswer, ShareContent, ShareRequest } from "../share.ts";
import { ClaimAnswer, OembedAnswer, SharesResponse } from "../shares.ts";
import { found, json, type Operation } from "./operation.ts";
import { ClaimQuery, OembedQuery, PreviewQuery, SharesQuery } from "./parameters.ts";

const KEY = { key: "Of the share: the last part of its link" };
const BOTH = { key: "Of the baseline", other: "Of what is compared with it" };

const PICTURE = [
  { status: 200, what: "The picture", content: [{ type: "image/png" }, { type: "image/svg+xml" }] },
] as const;

export const SHARING_OPERATIONS: readonly Operation[] = [
  {
    id: "createShare",
    group: "Sharing",
    method: "POST",
    path: "/api/shares",
    scope: "read",
    summary: "Keep a flame graph under a link",
    body: {
      what: "The graph as /render or /render-diff answered it, and what of it is to be left out",
      content: json(ShareRequest),
    },
    answers: found("The link, and the one that deletes it", ShareAnswer),
    example: {
      json: {
        title: "checkout is slow",
        layout: "single",
        graphs: [
          {
            label: "",
            flamebearer: {
              names: ["total", "main"],
              levels: [
                [0, 10, 0, 0],
                [0, 10, 10, 1],
              ],
              numTicks: 10,
              maxSelf: 10,
            },
            metadata: { format: "single", units: "samples", sampleRate: 100, spyName: "gospy", name: "shop.cpu" },
          },
        ],
        expiresInDays: 30,
      },
    },
  },
  {
    id: "shares",
    group: "Sharing",
    method: "GET",
    path: "/api/shares",
    scope: "admin",
    summary: "The tenant's shares",
    query: SharesQuery,
    answers: found("Newest first, 200 at most", SharesResponse),
    example: {},
  },
  {
    id: "takeDownShare",
    group: "Sharing",
    method: "DELETE",
    path: "/api/shares/:key",
    scope: "admin",
    summary: "Take a share down without its secret",
    parts: KEY,
    answers: [{ status: 204, what: "It is gone" }],
    example: { parts: { key: "KEY" } },
  },
  {
    id: "claimShare",
    group: "Sharing",
    method: "POST",
    path: "/api/shares/:key/claim",
    scope: "read",
    summary: "Keep an anonymous upload as one's own",
    parts: KEY,
    query: ClaimQuery,
    answers: found("How long it lives now", ClaimAnswer),
    example: { parts: { key: "KEY" }, query: { secret: "SECRET" } },
  },
  {
    id: "shareData",
    group: "Sharing",
    method: "GET",
    path: "/share/:key/data",
    scope: "open",
    summary: "What a share's page draws",
    parts: KEY,
    answers: found("The graphs", ShareContent),
    example: { parts: { key: "KEY" } },
  },
  {
    id: "shareDifference",
    group: "Sharing",
    method: "GET",
    path: "/share/:key/:other/data",
    scope: "open",
    summary: "The difference of two shares",
    parts: BOTH,
    answers: found("One graph of format double", ShareContent),
    example: { parts: { key: "KEY", other: "OTHER" } },
  },
  {
    id: "shareOriginal",
    group: "Sharing",
    method: "GET",
    path: "/share/:key/original",
    scope: "open",
    summary: "The file that was uploaded, as it came",
    parts: KEY,
    answers: [{ status: 200, what: "A download", content: [{ type: "application/octet-stream" }] }],
    example: { parts: { key: "KEY" } },
  },
  {
    id: "deleteShare",
    group: "Sharing",
    method: "DELETE",
    path: "/share/:key/delete/:secret",
    scope: "open",
    summary: "Delete a share by the link that was told when it was made",
    details: "GET of the same address asks a person first, and its form is sent by POST.",
    parts: { ...KEY, secret: "Told once" },
    answers: [{ status: 204, what: "It is gone" }],
    example: { parts: { key: "KEY", secret: "SECRET" } },
  },
  {
    id: "preview",
    group: "Sharing",
    method: "GET",
    path: "/api/preview/:key",
    scope: "open",
    summary: "A picture of a share",
    parts: KEY,
    query: PreviewQuery,
    answers: PICTURE,
    example: { parts: { key: "KEY" }, query: { format: "svg", theme: "dark" } },
  },
  {
    id: "previewDifference",
    group: "Sharing",
    method: "GET",
    path: "/api/preview/:key/:other",
    scope: "open",
    summary: "A picture of the difference of two shares",
    parts: BOTH,
    query: PreviewQuery,
    answers: PICTURE,
    example: { parts: { key: "KEY", other: "OTHER" }, query: { format: "svg" } },
  },
  {
    id: "oembed",
    group: "Sharing",
    method: "GET",
    path: "/oembed",
    scope: "open",
    summary: "How a link to a share is embedded, for whoever turns links into what they show",
    query: OembedQuery,
    answers: found("oEmbed 1.0, of type rich", OembedAnswer),
    example: { query: { url: "http://localhost:4040/share/KEY" } },
  },
];
