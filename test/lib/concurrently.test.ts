// What is left of a failure: nothing that is still at work behind the back of whoever tries again.
import { expect, it } from "vitest";
import { concurrently } from "../../src/lib/concurrently.ts";

it("begins nothing after a failure, and throws once all that was begun is done", async () => {
  const log: string[] = [];
  const run = concurrently([0, 1, 2, 3, 4, 5], 3, async (item) => {
    log.push(`begin ${item}`);
    await new Promise((resolve) => setTimeout(resolve, item === 0 ? 0 : 5));
    if (item === 0) throw new Error("the first fails");
    log.push(`end ${item}`);
  });
  await expect(run).rejects.toThrow("the first fails");
  log.push("thrown");
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(log).toEqual(["begin 0", "begin 1", "begin 2", "end 1", "end 2", "thrown"]);
});
