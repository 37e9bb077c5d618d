// The shortest set-up per language, with the address filled in. Only what the server takes today: an agent whose
// protocol is still to come would wait here for ever.

export interface Snippet {
  readonly name: string;
  readonly hint: string;
  readonly text: (address: string) => string;
}

export const SNIPPETS: readonly [Snippet, ...Snippet[]] = [
  {
    name: "Go",
    hint: "go get github.com/grafana/pyroscope-go",
    text: (address) => `import "github.com/grafana/pyroscope-go"

pyroscope.Start(pyroscope.Config{
    ApplicationName: "my-app",
    ServerAddress:   "${address}",
    Tags:            map[string]string{"region": os.Getenv("REGION")},
})`,
  },
  {
    name: "Node",
    hint: "npm install @pyroscope/nodejs",
    text: (address) => `const Pyroscope = require("@pyroscope/nodejs");

Pyroscope.init({
  serverAddress: "${address}",
  appName: "my-app",
  tags: { region: process.env.REGION },
});
Pyroscope.start();`,
  },
  {
    name: "Python",
    hint: "pip install 'pyroscope-io<1'",
    text: (address) => `import os
import pyroscope

pyroscope.configure(
    application_name="my-app",
    server_address="${address}",
    tags={"region": os.getenv("REGION", "")},
)`,
  },
  {
    name: "curl",
    hint: "Any profiler that prints folded stacks",
    text: (address) => `# One stack per line, frames joined by semicolons, then the number of samples.
printf 'main;handle;parse 30\\nmain;handle;render 70\\n' |
  curl --data-binary @- '${address}/ingest?name=my-app.cpu%7Bregion%3Dhome%7D&sampleRate=100'

# A pprof file:
curl -F profile=@cpu.pb.gz '${address}/ingest?name=my-app'`,
  },
];
