// JSON can say half a character, text that is cut may end in one, and trailers can't say it: the refusal is like any other.
import { Code, ConnectError } from "@connectrpc/connect";
import { expect, it } from "vitest";
import { formOf } from "../../src/connect/forms.ts";
import { PusherService } from "../../src/connect/gen/push/v1/push_pb.ts";
import { unaryEndpoint } from "../../src/connect/unary.ts";
import { invalidArgument } from "../../src/lib/app-error.ts";

const ENDPOINT = unaryEndpoint(
  PusherService.method.push,
  { toConnect: (error) => new ConnectError((error as Error).message, Code.InvalidArgument) },
  async ({ series }) => {
    throw invalidArgument(`no such label: ${series[0]?.labels[0]?.name.slice(0, 2)}`);
  },
);

async function answer(type: string, json: string) {
  const headers = new Headers({ "content-type": type });
  const text = new TextEncoder().encode(json);
  const body = type.includes("web") ? Uint8Array.of(0, 0, 0, 0, text.length, ...text) : text;
  const request = { url: "http://a/push.v1.PusherService/Push", headers, form: formOf(headers)!, messageBytes: 1000 };
  const { response, refusal } = await ENDPOINT.answer(request, body, null);
  const trailers = response === null ? null : new TextDecoder().decode((await response.bytes()).subarray(5));
  return { trailers, refusal: (refusal as Error).message };
}

const QUOTED = '{"series":[{"labels":[{"name":"a\u{1f600}"}]}]}';
const UNREAD = '{"series":"\\ud800"}';

it("in what the method says of the request", async () => {
  const { trailers, refusal } = await answer("application/grpc-web+json", QUOTED);
  expect(refusal).toBe("no such label: a\ud83d");
  expect(trailers).toContain("grpc-status: 3");
  expect(trailers).toContain(encodeURIComponent("no such label: a\ufffd"));
  expect(await answer("application/json", QUOTED)).toEqual({ trailers: null, refusal });
});

it("in what the library can't read", async () => {
  const { trailers, refusal } = await answer("application/grpc-web+json", UNREAD);
  expect(refusal).toMatch(/can't be read/);
  expect(trailers).toContain("grpc-status: 3");
  expect((await answer("application/json", UNREAD)).refusal).toMatch(/cannot decode/);
});
