// R2 keys. They start with the tenant and the app, by their internal ids: deleting either is a prefix delete.
//
//   t/<tenant id>/a/<app id>/s/<shard>/<width>/<start>-<finest rung>-<part>.seg
//   t/<tenant id>/a/<app id>/d/<shard>/<epoch>/<from node>-<to node>.dict
//
// What compaction writes has a random part, because two attempts may write different bytes:
//
//   t/<tenant id>/a/<app id>/m/<width>/<start>-<random>.seg
//   t/<tenant id>/a/<app id>/d/m/<epoch>/<from node>-<to node>-<random>.dict

export interface ShardKey {
  readonly tenantId: number;
  readonly appId: number;
  readonly shard: number;
}

export const tenantPrefix = (tenantId: number): string => `t/${tenantId}/`;

export const appPrefix = ({ tenantId, appId }: Omit<ShardKey, "shard">): string =>
  `${tenantPrefix(tenantId)}a/${appId}/`;

/** The first string beyond all that begin with `prefix`. */
export const prefixEnd = (prefix: string): string =>
  `${prefix.slice(0, -1)}${String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1)}`;

export const segmentKey = (
  key: ShardKey,
  segment: { width: number; start: number; finest: number; part: number },
): string => `${appPrefix(key)}s/${key.shard}/${segment.width}/${segment.start}-${segment.finest}-${segment.part}.seg`;

export const dictionaryKey = (key: ShardKey, epoch: number, fromNode: number, toNode: number): string =>
  `${appPrefix(key)}d/${key.shard}/${epoch}/${fromNode}-${toNode}.dict`;

export const mergedSegmentKey = (
  key: Omit<ShardKey, "shard">,
  { width, start, random }: { width: number; start: number; random: string },
): string => `${appPrefix(key)}m/${width}/${start}-${random}.seg`;

export const mergedDictionaryKey = (
  key: Omit<ShardKey, "shard">,
  epoch: number,
  { fromNode, toNode, random }: { fromNode: number; toNode: number; random: string },
): string => `${appPrefix(key)}d/m/${epoch}/${fromNode}-${toNode}-${random}.dict`;
