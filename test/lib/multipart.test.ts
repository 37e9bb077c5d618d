// Forms as clients write them, and as they should not.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { boundaryOf, readForm } from "../../src/lib/multipart.ts";

const latin1 = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));

function parts(form: string | Uint8Array, boundary = "b1") {
  const seen: string[] = [];
  const isWhole = readForm(typeof form === "string" ? latin1(form) : form, boundary, ({ name, isFile, bytes }) => {
    seen.push(`${isFile ? "file" : "field"} ${name}=${String.fromCharCode(...bytes)}`);
  });
  return isWhole ? seen : null;
}

const form = (disposition: string, body = "x") =>
  `--b1\r\nContent-Disposition: ${disposition}\r\n\r\n${body}\r\n--b1--\r\n`;

describe("readForm", () => {
  it.each([
    ["as browsers, Go and Java do", form('form-data; name="p"; filename="cpu.pprof"'), ["file p=x"]],
    ["as .NET does", form("form-data; name=p; filename=cpu.pprof; filename*=utf-8''cpu.pprof"), ["file p=x"]],
    ["a coded file name alone", form("form-data; name=p; filename*=utf-8''cpu.pprof"), ["file p=x"]],
    ["an empty file name", form('form-data; name="p"; filename=""'), ["file p=x"]],
    ["a field", form('form-data; name="p"'), ["field p=x"]],
    ["a name with what ends names", form('form-data; name="a; \\"b\\"=c"; filename="d"'), ['file a; "b"=c=x']],
    ["other cases, other headers", form("Form-Data;NAME=p;FileName=c\r\ncontent-type: a/b; name=q"), ["file p=x"]],
    ["no name", form('form-data; filename="c"'), []],
    ["something attached", form('attachment; name="p"; filename="c"'), []],
    ["nothing in it", form("form-data; name=p; filename=c", ""), ["file p="]],
    ["lines that end with LF", form("form-data; name=p; filename=c").replaceAll("\r", ""), ["file p=x"]],
    [
      "lines that end with LF, a file that ends with CR",
      form("form-data; name=p; filename=c", "x\r").replaceAll("\r\n", "\n"),
      ["file p=x\r"],
    ],
    [
      "bytes that look like its end",
      form("form-data; name=p; filename=c", "\r\n--b\r\n--b12\r\n--b1x\n-"),
      ["file p=\r\n--b\r\n--b12\r\n--b1x\n-"],
    ],
    ["text around it", `hello\r\n${form("form-data; name=p; filename=c")}bye`, ["file p=x"]],
    ["blanks behind the boundary", form("form-data; name=p; filename=c").replace("--b1\r", "--b1 \t\r"), ["file p=x"]],
    ["headers of 20 000 bytes as no part", form(`form-data; name=p; filename=${"c".repeat(20_000)}`), []],
    ["nothing at all", "--b1--", []],
  ])("takes %s", (_what, text, expected) => {
    expect(parts(text)).toEqual(expected);
  });

  it.each([
    ["no bytes", ""],
    ["no boundary", "hello"],
    ["no end", form("form-data; name=p; filename=c").slice(0, -5)],
    ["headers without an end", "--b1\r\nContent-Disposition: form-data; name=p\r\n--b1--"],
    ["its boundary within a line", form("form-data; name=p; filename=c").replaceAll("\r\n--b1", " --b1")],
  ])("refuses %s", (_what, text) => {
    expect(parts(text)).toBeNull();
  });

  it("gives back what a platform's form holds, whatever the bytes", async () => {
    const file = fc.tuple(fc.stringMatching(/^[a-z]{1,8}$/), fc.uint8Array({ maxLength: 40 }));
    await fc.assert(
      fc.asyncProperty(fc.array(file, { maxLength: 4 }), async (files) => {
        const data = new FormData();
        for (const [name, bytes] of files) data.append(name, new File([Uint8Array.from(bytes)], `${name}.bin`));
        const response = new Response(data);
        const body = new Uint8Array(await response.arrayBuffer());
        const expected = files.map(([name, bytes]) => `file ${name}=${String.fromCharCode(...bytes)}`);
        expect(parts(body, boundaryOf(response.headers.get("content-type") ?? "") ?? "")).toEqual(expected);
      }),
      { numRuns: 50 },
    );
  });
});

describe("boundaryOf", () => {
  it.each([
    ["multipart/form-data; boundary=b1", "b1"],
    ['multipart/form-data; charset=utf-8; Boundary="b 1"', "b 1"],
    ["multipart/form-data; boundary=b1; charset=utf-8", "b1"],
    ["multipart/form-data", null],
    ["multipart/form-data; boundary=", null],
  ])("%s", (type, boundary) => {
    expect(boundaryOf(type)).toBe(boundary);
  });
});
