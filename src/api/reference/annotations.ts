// Operations on annotations of timelines.
import { AnnotationsQuery, AnnotationsResponse, MadeAnnotations, NewAnnotation } from "../annotations.ts";
import { found, json, type Operation } from "./operation.ts";

export const ANNOTATING: readonly Operation[] = [
  {
    id: "annotate",
    group: "Managing",
    method: "POST",
    path: "/api/annotations",
    scope: "write",
    summary: "Write down what happened at a moment, as Pyroscope 0.3x takes it",
    details:
      "At one moment an app has one annotation: a second takes the place of the first. Everybody who may read sees it on the timelines of all of the app's profile types.",
    body: { what: "Which app, what and when", content: json(NewAnnotation) },
    answers: [
      {
        status: 201,
        what: "It, or a list where `appNames` was given",
        content: json(MadeAnnotations),
      },
    ],
    example: { json: { appName: "my-app", content: "v2.1 is out", timestamp: "now-5m" } },
  },
  {
    id: "annotations",
    group: "Managing",
    method: "GET",
    path: "/api/annotations",
    scope: "read",
    summary: "What was written down",
    query: AnnotationsQuery,
    answers: found("Newest first, 500 at most", AnnotationsResponse),
    example: { query: { app: "my-app", from: "now-1d" } },
  },
  {
    id: "deleteAnnotation",
    group: "Managing",
    method: "DELETE",
    path: "/api/annotations/:id",
    scope: "write",
    summary: "Delete an annotation",
    parts: { id: "Its number" },
    answers: [{ status: 204, what: "It is gone" }],
    example: { parts: { id: "ANNOTATION" } },
  },
];
