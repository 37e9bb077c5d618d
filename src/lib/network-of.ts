// The network of an address as headers of proxies write it: what one household or host can't change at will.
//
//   192.0.2.1  192.0.2.1:443  ::ffff:192.0.2.1     192.0.2.1
//   2001:db8::1  [2001:db8::1]:443                 2001:db8:0:0        the first half of IPv6: a household has all of the other

const MOST_CHARS = 64;

export function networkOf(address: string): string {
  const text = address.trim().slice(0, MOST_CHARS).toLowerCase();
  const bare = /^\[([^\]]*)\]/.exec(text)?.[1] ?? text;
  const four = /^(?:[0:]*:ffff:)?(\d{1,3}(?:\.\d{1,3}){3})(?::\d+)?$/.exec(bare)?.[1];
  if (four !== undefined || !bare.includes(":")) return four ?? bare;
  return groupsOf(bare).slice(0, 4).join(":");
}

/** Eight of what is well formed, with the zeros that `::` stands for. */
function groupsOf(address: string): string[] {
  const [before = [], after = []] = address.split("::").map((part) => part.split(":").filter((group) => group !== ""));
  const left = address.includes("::") ? Math.max(0, 8 - before.length - after.length) : 0;
  const groups = [...before, ...Array.from({ length: left }, () => "0"), ...after];
  return groups.map((group) => group.replace(/^0+(?=.)/, ""));
}
