// vcs.v1.VCSService: source files of public repositories. What takes a GitHub app of the operator's is not there.
import { VCSService } from "../../connect/gen/vcs/v1/vcs_pb.ts";
import { AppError } from "../../lib/app-error.ts";
import { toBase64 } from "../../lib/base64.ts";
import { GITHUB_RAW, sourceFile } from "../github-file.ts";
import { type ServiceMethod, serviceMethod } from "../service-method.ts";

const { githubApp, githubLogin, githubRefresh, getFile, getCommit, getCommits } = VCSService.method;

const withoutApp = async (): Promise<never> => {
  throw new AppError(
    "unimplemented",
    "no GitHub app is set up here: files of public repositories are read without one",
  );
};
const withoutCommits = async (): Promise<never> => {
  throw new AppError("unimplemented", "commits are not read here, only files of public repositories");
};

export const VCS_METHODS: readonly ServiceMethod[] = [
  serviceMethod(githubApp, "read", withoutApp),
  serviceMethod(githubLogin, "read", withoutApp),
  serviceMethod(githubRefresh, "read", withoutApp),
  serviceMethod(getCommit, "read", withoutCommits),
  serviceMethod(getCommits, "read", withoutCommits),
  serviceMethod(getFile, "read", async (request) => {
    const ports = { fetch: (url: string, init: RequestInit) => fetch(url, init), origin: GITHUB_RAW };
    const { content, url } = await sourceFile(ports, request);
    return { content: toBase64(content), URL: url };
  }),
];
