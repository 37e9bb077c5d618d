// Runs an agent against a server, with a witness between them, and then holds what the API says against what must be.
import type { ServicesResponse } from "../../src/api/services.ts";
import type { Agent, Claim } from "./agent.ts";
import { fetchRender, shareOfFunction } from "./render.ts";
import { type SeenUpload, startWitness, type UploadWitness } from "./rideshare.ts";
import { sentAs } from "./sent-as.ts";

export interface Check {
  readonly what: string;
  readonly holds: boolean;
  /** What was found, for people. */
  readonly found: string;
}

export interface AgentRun {
  readonly agent: Agent;
  readonly witness: UploadWitness;
  readonly output: string;
}

export async function runAgent(
  agent: Agent,
  server: string,
  onUpload?: (upload: SeenUpload) => void,
): Promise<AgentRun> {
  await agent.prepare();
  const witness = await startWitness(server, onUpload);
  const app = await agent.start(witness.url);
  await new Promise((resolve) => setTimeout(resolve, 1000 * agent.seconds));
  await app.stop();
  return { agent, witness, output: app.output() };
}

export async function checkRun({ agent, witness }: AgentRun, server: string): Promise<Check[]> {
  const refused = witness.seen.filter(({ status }) => status >= 300);
  const checks: Check[] = [
    {
      what: `sends at least ${agent.uploads} uploads to ${agent.path}, and all are taken`,
      holds: witness.seen.length >= agent.uploads && refused.length === 0 && pathsOf(witness) === agent.path,
      found: [
        `${witness.seen.length} to ${pathsOf(witness) || "nowhere"}`,
        ...refused.slice(0, 3).map(({ status, answer }) => `${status} ${answer.slice(0, 200)}`),
      ].join("; "),
    },
    asItSays(agent, witness),
    nothingMended(witness),
  ];
  for (const claim of agent.claims) checks.push(await checkClaim(claim, agent, server));
  for (const type of agent.types) checks.push(await checkType(type, agent, server));
  return checks;
}

function asItSays({ sends }: Agent, { seen }: UploadWitness): Check {
  const forms = [...new Set(seen.map(sentAs))];
  return {
    what: `sends ${sends}`,
    holds: forms.length > 0 && forms.every((form) => sends.startsWith(form)),
    found: forms.join("; ") || "nothing",
  };
}

function nothingMended({ seen }: UploadWitness): Check {
  const kinds = [...new Set(seen.flatMap(({ noted }) => noted))];
  return { what: "nothing of it has to be mended", holds: kinds.length === 0, found: kinds.join(", ") || "no notes" };
}

const pathsOf = ({ seen }: UploadWitness): string => [...new Set(seen.map(({ path }) => path))].sort().join(", ");
const fromOf = ({ since }: Agent): string => since ?? "now-10m";

async function checkClaim(claim: Claim, agent: Agent, server: string): Promise<Check> {
  const answer = await fetchRender(server, { query: claim.query, from: fromOf(agent) });
  const share = shareOfFunction(answer, claim.functionName);
  const { numTicks } = answer.flamebearer;
  const { atLeast = 0, atMost = 1 } = claim;
  return {
    what: `${claim.functionName} has ${claim.atLeast === undefined ? `at most ${atMost}` : `at least ${atLeast}`} of ${claim.query}`,
    holds: numTicks > 0 && share >= atLeast && share <= atMost,
    found: numTicks > 0 ? `${share.toFixed(3)} of ${numTicks}` : "nothing under these tags",
  };
}

async function checkType(type: string, agent: Agent, server: string): Promise<Check> {
  const query = `${type}{service_name="${agent.service}"}`;
  const { flamebearer, edgeflame } = await fetchRender(server, { query, from: fromOf(agent) });
  return {
    what: `${type} has values`,
    holds: flamebearer.numTicks > 0,
    found: `${flamebearer.numTicks} in ${edgeflame.uploads} uploads`,
  };
}

/** Profile type ids that the server lists for the agent's app. */
export async function typesOf({ service }: Agent, server: string): Promise<string[]> {
  const { services } = (await (await fetch(`${server}/api/services`)).json()) as ServicesResponse;
  return (services.find(({ name }) => name === service)?.types ?? []).map(({ id }) => id).sort();
}
