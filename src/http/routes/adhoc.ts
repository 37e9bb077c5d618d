// adhocprofiles.v1.AdHocProfileService, and api/adhoc/v1 of Pyroscope 0.3x: both keep files in one place.
import { type AdhocProfiles, AdhocUpload } from "../../api/adhoc.ts";
import { LIMITS, SHARING } from "../../config.ts";
import { AdHocProfileService } from "../../connect/gen/adhocprofiles/v1/adhocprofiles_pb.ts";
import { maxNodesOf } from "../../query/querier/scope.ts";
import {
  type AdhocPorts,
  type ChosenGraph,
  differenceOfFiles,
  fileName,
  flamebearerProfile,
  graphOfType,
  keepFile,
  type OpenFile,
  openFile,
} from "../../share/adhoc-files.ts";
import { listAdhocFiles } from "../../storage/adhoc-files.ts";
import type { AppContext } from "../context.ts";
import { requireOwnSite } from "../gate.ts";
import { readJson } from "../json-body.ts";
import { clockOf, queryPorts, tenantOf } from "../ports.ts";
import { profileBytes } from "../requirements.ts";
import { type ServiceMethod, serviceMethod } from "../service-method.ts";

const { upload, get, list, diff } = AdHocProfileService.method;

const adhocPorts = ({ env }: AppContext): AdhocPorts => ({
  database: env.CATALOG,
  bucket: env.SEGMENTS,
  tenant: tenantOf(),
  clock: clockOf(env),
});

/** Absent: the tenant's usual number. @throws AppError invalid_argument */
const nodesOf = (c: AppContext, given?: bigint): number => maxNodesOf(queryPorts(c.env, c.get("limits")), given);

export const ADHOC_METHODS: readonly ServiceMethod[] = [
  serviceMethod(
    upload,
    "write",
    async ({ name, profile, maxNodes }, c) => {
      const nodes = nodesOf(c, maxNodes);
      const sent = { name: fileName(name), bytes: profileBytes(profile), said: {} };
      const file = await keepFile(adhocPorts(c), sent, LIMITS);
      return messageOf(file, graphOfType(file, undefined, nodes));
    },
    SHARING.formBytes,
  ),
  serviceMethod(get, "read", async ({ id, profileType, maxNodes }, c) => {
    const nodes = nodesOf(c, maxNodes);
    const file = await openFile(adhocPorts(c), id, LIMITS);
    return messageOf(file, graphOfType(file, profileType, nodes));
  }),
  serviceMethod(list, "read", async (_request, c) => ({
    profiles: (await listAdhocFiles(adhocPorts(c))).map(({ id, name, uploadedAt }) => ({
      id,
      name,
      uploadedAt: BigInt(uploadedAt),
    })),
  })),
  serviceMethod(diff, "read", async ({ leftId, rightId, profileType, maxNodes }, c) => {
    const nodes = nodesOf(c, maxNodes);
    const [left, right] = await openBoth(c, leftId, rightId);
    const chosen = differenceOfFiles(left, right, profileType, nodes);
    return { profileTypes: [...chosen.profileTypes], flamebearerProfile: jsonOf(chosen) };
  }),
];

/** One after the other: both in memory are enough. */
async function openBoth(c: AppContext, leftId: string, rightId: string): Promise<[OpenFile, OpenFile]> {
  const ports = adhocPorts(c);
  const left = await openFile(ports, leftId, LIMITS);
  return [left, await openFile(ports, rightId, LIMITS)];
}

const jsonOf = ({ graph, profileType }: ChosenGraph): string => JSON.stringify(flamebearerProfile(graph, profileType));

const messageOf = ({ row }: OpenFile, chosen: ChosenGraph) => ({
  id: row.id,
  name: row.name,
  uploadedAt: BigInt(row.uploadedAt),
  profileType: chosen.profileType,
  profileTypes: [...chosen.profileTypes],
  flamebearerProfile: jsonOf(chosen),
});

/** POST api/adhoc/v1/upload. */
export async function uploadAdhoc(c: AppContext): Promise<Response> {
  c.set("dialect", "old");
  requireOwnSite(c.req.raw);
  const { filename, profile, type, fileTypeData } = await readJson(c.req.raw, AdhocUpload, SHARING.formBytes);
  const said = { type, units: fileTypeData?.units, spyName: fileTypeData?.spyName };
  const file = await keepFile(adhocPorts(c), { name: fileName(filename), bytes: profileBytes(profile), said }, LIMITS);
  const { graph, profileType } = graphOfType(file, undefined, nodesOf(c));
  return answer(c, { id: file.row.id, flamebearer: flamebearerProfile(graph, profileType) });
}

/** GET api/adhoc/v1/profiles. */
export async function listAdhoc(c: AppContext): Promise<Response> {
  c.set("dialect", "old");
  const rows = await listAdhocFiles(adhocPorts(c));
  const profiles: AdhocProfiles = Object.fromEntries(
    rows.map(({ id, name, uploadedAt }) => [id, { id, name, updatedAt: new Date(uploadedAt).toISOString() }]),
  );
  return answer(c, profiles);
}

/** GET api/adhoc/v1/profile/<id>. */
export async function getAdhoc(c: AppContext): Promise<Response> {
  c.set("dialect", "old");
  const file = await openFile(adhocPorts(c), c.req.param("id") ?? "", LIMITS);
  const { graph, profileType } = graphOfType(file, undefined, nodesOf(c));
  return answer(c, flamebearerProfile(graph, profileType));
}

/** GET api/adhoc/v1/diff/<left>/<right>. */
export async function diffAdhoc(c: AppContext): Promise<Response> {
  c.set("dialect", "old");
  const [left, right] = await openBoth(c, c.req.param("left") ?? "", c.req.param("right") ?? "");
  const { graph, profileType } = differenceOfFiles(left, right, undefined, nodesOf(c));
  return answer(c, flamebearerProfile(graph, profileType));
}

const answer = (c: AppContext, body: object): Response => c.json(body, 200, { "cache-control": "no-store" });
