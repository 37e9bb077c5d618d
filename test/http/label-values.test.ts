// Values of a label with very many of them: by their beginning, and the first few; live and sealed alike.
import { expect, it } from "vitest";
import { clock, HOUR, runAlarm, standStill, T0 } from "../support/object-clock.ts";
import { call, uploadFolded } from "../support/worker-call.ts";

standStill();

const values = async (query: string): Promise<string[]> => {
  const response = await call(`/label-values?${query}`);
  expect(response.status).toBe(200);
  return response.json();
};

it("lists values by prefix and limit, the same before and after their hour is sealed", async () => {
  for (const pod of ["web-1", "web-2", "web-10", "db-1", "WEB-1", "wéb-1", "we%b"]) {
    await uploadFolded(`many.cpu{pod=${pod},zone=z}`, T0, { "a;b": 1 });
  }
  const check = async () => {
    expect(await values("label=pod&prefix=web-")).toEqual(["web-1", "web-10", "web-2"]);
    expect(await values("label=pod&prefix=web-&limit=2")).toEqual(["web-1", "web-10"]);
    expect(await values("label=pod&limit=1")).toEqual(["WEB-1"]);
    expect(await values("label=pod&prefix=we%25")).toEqual(["we%b"]);
    expect(await values("label=pod&prefix=w%C3%A9")).toEqual(["wéb-1"]);
    expect(await values("label=pod&prefix=nobody")).toEqual([]);
    expect(await values("label=pod")).toHaveLength(7);
    expect(await values(`label=pod&prefix=db&query=${encodeURIComponent('many.cpu{zone="z"}')}`)).toEqual(["db-1"]);
  };
  await check();
  clock.now += 2 * HOUR;
  await runAlarm("many", 2);
  await check();
});
