import { describe, expect, it } from "vitest";
import type { Service, ServiceType } from "../../../src/api/services.ts";
import { parseQuery } from "../../../web/state/query-text.ts";
import { firstSelection, queryFor, sameTypeIn, selectionOf } from "../../../web/state/selection.ts";

const type = (id: string, label: string, oldName: string | null): ServiceType => ({
  id,
  label,
  oldName,
  units: "samples",
  sampleRate: 100,
  aggregation: "sum",
});
const CPU_ID = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";
const rides: Service = {
  name: "rides",
  firstSeen: 1,
  lastSeen: 20,
  types: [
    type("memory:alloc", "alloc", "rides.alloc"),
    type("process_cpu:samples:count:cpu:nanoseconds", "cpu", "rides.cpu"),
    type(CPU_ID, "cpu time", null),
  ],
};
const shop: Service = { name: "shop", firstSeen: 1, lastSeen: 10, types: [type(CPU_ID, "cpu", null)] };
const services = [rides, shop];

it("finds the type of an old name and of a type id with its service", () => {
  expect(selectionOf('rides.cpu{a="b"}', services)?.type.oldName).toBe("rides.cpu");
  expect(selectionOf(`${CPU_ID}{service_name="shop"}`, services)?.service.name).toBe("shop");
  expect(selectionOf(`${CPU_ID}{service_name="nobody"}`, services)).toBeNull();
  expect(selectionOf("nobody.cpu", services)).toBeNull();
});

describe("queryFor", () => {
  it("keeps filters on the way to a type of another query language, with the same meaning", () => {
    const query = queryFor(
      { service: rides, type: rides.types[2]! },
      parseQuery('rides.cpu{region=~"^(a|b)$", x=~"c"}'),
    );
    expect(query).toBe(`${CPU_ID}{service_name="rides", region=~"a|b", x=~".*(c).*"}`);
  });
  it("and back, without the label that names the application", () => {
    const query = queryFor(
      { service: rides, type: rides.types[1]! },
      parseQuery(`${CPU_ID}{service_name="rides", x=~"c.*"}`),
    );
    expect(query).toBe('rides.cpu{x=~"^(c.*)$"}');
  });
});

it("starts with the CPU of the application that sent last", () => {
  expect(firstSelection(services)?.type.oldName).toBe("rides.cpu");
  expect(firstSelection([])).toBeNull();
  const orders = {
    ...rides,
    name: "orders",
    lastSeen: 30,
    types: [rides.types[0]!, type(CPU_ID, "cpu", "orders.itimer")],
  };
  expect(firstSelection([...services, orders])?.type.oldName).toBe("orders.itimer");
  expect(sameTypeIn(orders, type("wall", "wall", "x.wall"))?.oldName).toBe("orders.itimer");
});

it("stays with the same type in another application", () => {
  expect(sameTypeIn(rides, shop.types[0])?.id).toBe(CPU_ID);
  expect(sameTypeIn(shop, rides.types[1])?.id).toBe(CPU_ID);
});
