// The shortest set-up per language, with the address filled in: what each agent's own documentation says, and nothing else.

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
    name: "Java",
    hint: "pyroscope.jar is io.pyroscope:agent of Maven Central",
    text: (address) => `export PYROSCOPE_APPLICATION_NAME=my-app
export PYROSCOPE_SERVER_ADDRESS=${address}
export PYROSCOPE_LABELS="region=$REGION"
java -javaagent:pyroscope.jar -jar my-app.jar`,
  },
  {
    name: "Python",
    hint: "pip install pyroscope-io",
    text: (address) => `import os
import pyroscope

pyroscope.configure(
    application_name="my-app",
    server_address="${address}",
    tags={"region": os.getenv("REGION", "")},
)`,
  },
  {
    name: "Ruby",
    hint: "bundle add pyroscope",
    text: (address) => `require "pyroscope"

Pyroscope.configure do |config|
  config.application_name = "my-app"
  config.server_address = "${address}"
  config.tags = { "region" => ENV["REGION"] }
end`,
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
    name: ".NET",
    hint: "Both libraries are in the releases of grafana/pyroscope-dotnet",
    text: (address) => `export PYROSCOPE_APPLICATION_NAME=my-app
export PYROSCOPE_SERVER_ADDRESS=${address}
export PYROSCOPE_LABELS="region:$REGION"
export PYROSCOPE_PROFILING_ENABLED=1
export CORECLR_ENABLE_PROFILING=1
export CORECLR_PROFILER={BD1A650D-AC5D-4896-B64F-D6FA25D6B26A}
export CORECLR_PROFILER_PATH=/dotnet/Pyroscope.Profiler.Native.so
export LD_PRELOAD=/dotnet/Pyroscope.Linux.ApiWrapper.x64.so
dotnet my-app.dll`,
  },
  {
    name: "Rust",
    hint: "cargo add pyroscope --features backend-pprof-rs",
    text: (address) => `use pyroscope::backend::{pprof_backend, BackendConfig, PprofConfig};
use pyroscope::pyroscope::PyroscopeAgentBuilder;

let backend = pprof_backend(PprofConfig { sample_rate: 100 }, BackendConfig::default());
let agent = PyroscopeAgentBuilder::new("${address}", "my-app", 100, "pyroscope-rs", "2.1.5", backend)
    .tags(vec![("region", region)])
    .build()?
    .start()?;`,
  },
  {
    name: "eBPF",
    hint: "Grafana Alloy, as root on Linux: every process of the machine",
    text: (address) => `discovery.process "all" { }

pyroscope.ebpf "all" {
  targets    = discovery.process.all.targets
  forward_to = [pyroscope.write.edgeflame.receiver]
}

pyroscope.write "edgeflame" {
  endpoint {
    url = "${address}"
  }
}`,
  },
  {
    name: "OTLP",
    hint: "otelcol --feature-gates=service.profilesSupport",
    text: (address) => `exporters:
  otlphttp/edgeflame:
    endpoint: ${address}

service:
  pipelines:
    profiles:
      receivers: [otlp]
      exporters: [otlphttp/edgeflame]`,
  },
  {
    name: "curl",
    hint: "Any profiler that prints folded stacks",
    text: (address) => `# One stack per line, frames joined by semicolons, then the number of samples.
printf 'main;handle;parse 30\\nmain;handle;render 70\\n' |
  curl --data-binary @- '${address}/ingest?name=my-app.cpu%7Bregion%3Dhome%7D&sampleRate=100'

# A pprof file, a JFR recording:
curl --data-binary @cpu.pb.gz '${address}/ingest?name=my-app&format=pprof'
curl --data-binary @app.jfr '${address}/ingest?name=my-app&format=jfr'`,
  },
];
