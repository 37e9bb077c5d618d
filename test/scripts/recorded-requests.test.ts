// The recorded requests are whole: what the recorder wrote is what the client sent.

import { expect, it } from "vitest";
import { listRecorded, readRecorded } from "../support/recorded-request.ts";

it("has both Go clients, Node and both Pythons", () => {
  const clients = new Set(listRecorded().map((name) => name.replace(/\/.*/, "")));
  expect([...clients]).toEqual(["go-2022", "go-current", "node", "python-0.8", "python-1.4"]);
});

it.each(listRecorded())("%s has as many bytes as its client announced", (name) => {
  const { method, path, headers, body } = readRecorded(name);
  expect(method).toBe("POST");
  expect(path).toMatch(/^\/(ingest\?|push\.v1\.PusherService\/Push$)/);
  expect(String(body.length)).toBe(headers["content-length"]);
});

it.each(listRecorded("go-2022").filter((name) => /heap|mutex|block/.test(name)))(
  "%s carries what came before",
  (name) => {
    expect(Buffer.from(readRecorded(name).body).includes('name="prev_profile"; filename="profile.pprof"')).toBe(true);
  },
);
