// What stands for whoever asks: the forms in which proxies write one address are one, and so is half of IPv6.
import { expect, it } from "vitest";
import { networkOf } from "../../src/lib/network-of.ts";

it.each([
  ["192.0.2.1", ["192.0.2.1", " 192.0.2.1 ", "192.0.2.1:443", "::ffff:192.0.2.1", "[::FFFF:192.0.2.1]:443"]],
  ["2001:db8:0:0", ["2001:db8::1", "2001:db8::", "2001:DB8:0:0:9::1", "2001:0db8:0000::1:2:3", "[2001:db8::1]:443"]],
  ["2001:db8:1:2", ["2001:db8:1:2::", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2:f::"]],
  ["0:0:0:0", ["::1", "::"]],
  ["fe80:0:0:0", ["fe80::1%eth0"]],
  ["", ["", " "]],
])("%s is what is known of %j", (network, addresses) => {
  expect(addresses.map(networkOf)).toEqual(addresses.map(() => network));
});

it("is short whatever it is of", () => {
  for (const text of ["::".repeat(1000), "x".repeat(1000), `${"0:".repeat(50)}ffff:1`, "[".repeat(100)])
    expect(networkOf(text).length).toBeLessThanOrEqual(64);
});
