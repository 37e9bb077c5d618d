// How the object of an app's shard is found.
import type { Env } from "../env.ts";

/** Shard 0 of an app: there as soon as the app is, and the one that changes the app's shard map. */
export const HOME_SHARD = 0;

/** @param locationHint counts when the object is made, and never again */
export function timelineObject(
  { APP_TIMELINE: objects }: Pick<Env, "APP_TIMELINE">,
  tenant: string,
  service: string,
  shard: number,
  locationHint?: DurableObjectLocationHint,
) {
  const id = objects.idFromName(JSON.stringify([tenant, service, shard]));
  return locationHint === undefined ? objects.get(id) : objects.get(id, { locationHint });
}
