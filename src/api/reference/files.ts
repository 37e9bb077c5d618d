// Operations on files that are kept to be looked at again (Pyroscope 0.3x's api/adhoc), and on live embeds.
import { AdhocAnswer, AdhocProfile, AdhocProfiles, AdhocUpload } from "../adhoc.ts";
import { EmbedAnswer, EmbedRequest, EmbedsResponse } from "../embed.ts";
import { ShareContent } from "../share.ts";
import { found, json, type Operation } from "./operation.ts";
import { EmbedsQuery } from "./parameters.ts";

const TOKEN = { token: "The last part of its link" };

const FILES: readonly Operation[] = [
  {
    id: "uploadFile",
    group: "Files",
    method: "POST",
    path: "/api/adhoc/v1/upload",
    scope: "write",
    summary: "Keep a file of any format to look at it again",
    body: { what: "The file and what it is", content: json(AdhocUpload) },
    answers: found("Its id, and its first graph", AdhocAnswer),
    example: { json: { filename: "cpu.folded", profile: "bWFpbjt3b3JrIDkwCm1haW47aWRsZSAxMAo=" } },
  },
  {
    id: "files",
    group: "Files",
    method: "GET",
    path: "/api/adhoc/v1/profiles",
    scope: "read",
    summary: "The files that are kept",
    answers: found("By id", AdhocProfiles),
    example: {},
  },
  {
    id: "file",
    group: "Files",
    method: "GET",
    path: "/api/adhoc/v1/profile/:id",
    scope: "read",
    summary: "The first graph of a file",
    parts: { id: "Of the file" },
    answers: found("The graph", AdhocProfile),
    example: { parts: { id: "FILE" } },
  },
  {
    id: "fileDifference",
    group: "Files",
    method: "GET",
    path: "/api/adhoc/v1/diff/:left/:right",
    scope: "read",
    summary: "Two files in one graph",
    parts: { left: "Of the baseline", right: "Of what is compared with it" },
    answers: found("The graph, of format double", AdhocProfile),
    example: { parts: { left: "FILE", right: "FILE" } },
  },
];

const EMBEDS: readonly Operation[] = [
  {
    id: "createEmbed",
    group: "Sharing",
    method: "POST",
    path: "/api/embeds",
    scope: "read",
    summary: "Show what a query finds now under a link of its own",
    body: { what: "The query, and who may frame it", content: json(EmbedRequest) },
    answers: found("The link, and the one that revokes it", EmbedAnswer),
    example: {
      json: { title: "checkout now", query: "shop.cpu", rangeSeconds: 3600, frameHosts: ["wiki.example.org"] },
    },
  },
  {
    id: "embeds",
    group: "Sharing",
    method: "GET",
    path: "/api/embeds",
    scope: "admin",
    summary: "The tenant's live embeds",
    query: EmbedsQuery,
    answers: found("Newest first, 100 at most", EmbedsResponse),
    example: {},
  },
  {
    id: "embedData",
    group: "Sharing",
    method: "GET",
    path: "/embed/:token/data",
    scope: "open",
    summary: "What a live embed draws now",
    parts: TOKEN,
    answers: found("The graph", ShareContent),
    example: { parts: { token: "TOKEN" } },
  },
  {
    id: "embedPreview",
    group: "Sharing",
    method: "GET",
    path: "/embed/:token/preview.png",
    scope: "open",
    summary: "A picture of a live embed",
    parts: TOKEN,
    answers: [{ status: 200, what: "The picture", content: [{ type: "image/png" }] }],
    example: { parts: { token: "TOKEN" } },
  },
  {
    id: "deleteEmbed",
    group: "Sharing",
    method: "DELETE",
    path: "/embed/:token/delete/:secret",
    scope: "open",
    summary: "Revoke a live embed by the link that was told when it was made",
    details: "GET of the same address asks a person first, and its form is sent by POST.",
    parts: { ...TOKEN, secret: "Told once" },
    answers: [{ status: 204, what: "It is gone" }],
    example: { parts: { token: "TOKEN", secret: "REVOKE" } },
  },
  {
    id: "revokeEmbed",
    group: "Sharing",
    method: "DELETE",
    path: "/api/embeds/:id",
    scope: "admin",
    summary: "Revoke a live embed without its secret",
    parts: { id: "Its number, or its token" },
    answers: [{ status: 204, what: "It is gone" }],
    example: { parts: { id: "2" } },
  },
];

export const FILES_AND_EMBEDS: readonly Operation[] = [...FILES, ...EMBEDS];
