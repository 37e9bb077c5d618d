// A page of another origin that embeds what it is told to, and keeps the heights that its frames post.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface ArticleServer {
  /** An article around this HTML. Its `heights` are what `edgeflame:height` said, with the origin that said it. */
  url(embed: string): string;
  close(): Promise<void>;
}

const SCRIPT = `const heights = [];
addEventListener("message", ({ data, origin }) => {
  if (data?.type === "edgeflame:height") heights.push({ height: data.height, origin });
});`;

export async function startArticleServer(): Promise<ArticleServer> {
  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? "/", "http://host");
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
    response.end(
      `<!doctype html><title>An article</title><script>${SCRIPT}</script><h1>Why it was slow</h1>${searchParams.get("embed") ?? ""}`,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: (embed) => `http://127.0.0.1:${port}/?${new URLSearchParams({ embed })}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
