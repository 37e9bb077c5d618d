import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cutToCells, fitName, visibleName, withoutFolders } from "../../src/view/names.ts";
import { packageOf } from "../../src/view/package-name.ts";

describe("visibleName", () => {
  it.each([
    ["main.work", "main.work"],
    ["", "(no name)"],
    ["a\nb\tc", "a\\nb\\tc"],
    ["a\u0000b\u007f", "a\\u{0}b\\u{7f}"],
    ["user\u202egpj.exe", "user\\u{202e}gpj.exe"],
    ["\u2066x\u2069", "\\u{2066}x\\u{2069}"],
    ["zero\u200bwidth\ufeff", "zero\\u{200b}width\\u{feff}"],
    ["tag\u{e0041}", "tag\\u{e0041}"],
    ["lone\ud800", "lone\\u{d800}"],
    ["Größe.計算", "Größe.計算"],
    ["<script>", "<script>"],
  ])("%j is shown as %j", (name, text) => {
    expect(visibleName(name)).toBe(text);
  });

  it("bounds what is shown of an endless name", () => {
    expect(visibleName("x".repeat(100_000)).length).toBe(2_001);
  });
});

describe("cutting names", () => {
  it.each([
    ["main.work", 9, "head", "main.work"],
    ["main.work", 8, "head", "main.wo…"],
    ["main.work", 8, "tail", "…in.work"],
    ["main.work", 2, "head", ""],
    ["計算計算", 5, "head", "計算…"],
    ["計算計算", 5, "tail", "…計算"],
  ] as const)("%j in %d cells, %s first: %j", (text, cells, keep, cut) => {
    expect(cutToCells(text, cells, keep)).toBe(cut);
  });

  it.each([
    ["github.com/acme/orders.(*Cache).Find", "orders.(*Cache).Find"],
    ["main.map[string/x]", "main.map[string/x]"],
    ["java/util/HashMap.put", "HashMap.put"],
    ["/app/lib/worker.py run a/b", "worker.py run a/b"],
    ["plain", "plain"],
  ])("%j without folders is %j", (name, text) => {
    expect(withoutFolders(name)).toBe(text);
  });

  it("drops folders before it cuts the function, but only when the name does not fit", () => {
    const name = "github.com/acme/orders.Find";
    expect(fitName(name, 27, "head")).toBe(name);
    expect(fitName(name, 12, "head")).toBe("orders.Find");
    expect(fitName(name, 8, "head")).toBe("orders.…");
    expect(fitName(name, 8, "tail")).toBe("…rs.Find");
  });

  it("never shows more cells than there are", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme-ascii" }),
        fc.integer({ min: 0, max: 40 }),
        fc.constantFrom("head" as const, "tail" as const),
        (name, cells, keep) => {
          return fitName(name, cells, keep).length <= Math.max(cells, 0);
        },
      ),
    );
  });
});

describe("packageOf", () => {
  it.each([
    ["main.work", "", "package", "main"],
    ["github.com/a/b.(*T).Method", "", "package", "github.com/a/b"],
    ["github.com/a/b.F[github.com/x/y.T]", "", "package", "github.com/a/b"],
    ["github.com/a/b.v2.(*T).Method.func1", "", "package", "github.com/a/b"],
    ["main.rideState.Tag", "", "package", "main"],
    ["main.state.Tag.func1", "", "package", "main"],
    ["net/http.HandlerFunc.ServeHTTP", "", "package", "net/http"],
    ["runtime.gcBgMarkWorker", "gospy", "runtime", "runtime"],
    ["internal/runtime/syscall.Syscall6", "", "runtime", "runtime"],
    ["java/util/HashMap.put", "", "package", "java.util"],
    ["java.util.HashMap.put", "", "package", "java.util"],
    ["org.example.app.service.deep.Worker.run(java.lang.String)", "javaspy", "package", "org.example.app.service"],
    ["jdk/internal/misc/Unsafe.park", "", "runtime", "runtime"],
    ["/usr/lib/python3.11/json/decoder.py decode", "", "package", "json"],
    ["/app/.venv/lib/python3.11/site-packages/flask/app.py wsgi_app", "pyspy", "package", "flask"],
    ["/app/orders/service.py place", "", "package", "/app/orders"],
    ["service.py:12 place", "", "package", "service.py"],
    ["<frozen importlib._bootstrap> _load", "", "runtime", "runtime"],
    ["/bundle/gems/activerecord-7.0.4/lib/active_record/base.rb find", "rbspy", "package", "activerecord"],
    ["./node_modules/express/lib/router/layer.js:handle:95", "nodespy", "package", "express"],
    ["./node_modules/@scope/pkg/index.js:run:1", "", "package", "@scope/pkg"],
    ["./src/orders/place.ts:place:9", "", "package", "src/orders"],
    ["node:internal/process/task_queues:processTicks:95", "", "runtime", "runtime"],
    ["(garbage collector)", "", "runtime", "runtime"],
    ["System.Linq!Enumerable.Sum", "dotnetspy", "package", "System.Linq"],
    ["tokio::runtime::park::Inner::park", "", "package", "tokio"],
    ["core::ops::function::FnOnce::call_once", "", "runtime", "runtime"],
    ["libc.so.6!0x7f12ab", "", "native", "libc.so.6"],
    ["0x55d0c0de", "", "native", "native"],
    ["[unknown]", "ebpfspy", "native", "native"],
    ["do_syscall_64", "", "kernel", "kernel"],
    ["other", "", "other", "other"],
    ["", "", "package", ""],
  ])("%j of %j is %s %j", (frame, spyName, kind, name) => {
    expect(packageOf(frame, spyName)).toEqual({ kind, name });
  });

  it("takes a hostile name in its stride", () => {
    fc.assert(fc.property(fc.string({ maxLength: 300 }), (name) => packageOf(name).kind !== undefined));
    const start = performance.now();
    for (const name of [
      "/".repeat(50_000),
      "a/".repeat(30_000),
      "(".repeat(50_000),
      "a.".repeat(30_000),
      "gems/".repeat(20_000),
    ])
      packageOf(name);
    expect(performance.now() - start).toBeLessThan(500);
  });
});
