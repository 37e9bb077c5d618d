// R2 keys. They start with the tenant and the app, by their internal ids: deleting either is a prefix delete.
//
//   t/<tenant id>/a/<app id>/s/<shard>/<width>/<start>-<finest rung>-<part>.seg
//   t/<tenant id>/a/<app id>/d/<shard>/<epoch>/<from node>-<to node>.dict

export interface ShardKey {
  readonly tenantId: number;
  readonly appId: number;
  readonly shard: number;
}

export const appPrefix = ({ tenantId, appId }: Omit<ShardKey, "shard">): string => `t/${tenantId}/a/${appId}/`;

export const segmentKey = (
  key: ShardKey,
  segment: { width: number; start: number; finest: number; part: number },
): string => `${appPrefix(key)}s/${key.shard}/${segment.width}/${segment.start}-${segment.finest}-${segment.part}.seg`;

export const dictionaryKey = (key: ShardKey, epoch: number, fromNode: number, toNode: number): string =>
  `${appPrefix(key)}d/${key.shard}/${epoch}/${fromNode}-${toNode}.dict`;
