// A client made from Pyroscope's published API module and connect-go. It pushes a profile, calls each method of the querier over
// each protocol, and holds the answers against what google/pprof reads in the file. Prints one JSON array of checks.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"sort"
	"strings"
	"time"

	"connectrpc.com/connect"
	"github.com/google/pprof/profile"
	pushv1 "github.com/grafana/pyroscope/api/gen/proto/go/push/v1"
	"github.com/grafana/pyroscope/api/gen/proto/go/push/v1/pushv1connect"
	"github.com/grafana/pyroscope/api/gen/proto/go/querier/v1/querierv1connect"
	typesv1 "github.com/grafana/pyroscope/api/gen/proto/go/types/v1"
)

type check struct {
	What  string `json:"what"`
	Holds bool   `json:"holds"`
	Found string `json:"found"`
}

var checks []check

func equal(what string, found, expected any) {
	f, e := fmt.Sprint(found), fmt.Sprint(expected)
	text := f
	if f != e {
		text = fmt.Sprintf("%s instead of %s", f, e)
	}
	if len(text) > 300 {
		text = text[:300] + "…"
	}
	checks = append(checks, check{What: what, Holds: f == e, Found: text})
}

// fails says what went wrong with a call that had to be answered.
func fails(what string, err error) bool {
	if err != nil {
		checks = append(checks, check{What: what, Found: err.Error()})
	}
	return err != nil
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// truth is what the file says of its second sample type, cpu/nanoseconds, by google/pprof alone.
type truth struct {
	raw       []byte
	total     int64
	functions map[string]int64 // each once a stack, as a flame graph adds them
	stacks    map[string]int64
	byVehicle map[string]int64
}

func readTruth(file string, at time.Time) truth {
	content, err := os.ReadFile(file)
	must(err)
	p, err := profile.ParseData(content)
	must(err)
	t := truth{functions: map[string]int64{}, stacks: map[string]int64{}, byVehicle: map[string]int64{}}
	for _, sample := range p.Sample {
		value := sample.Value[1]
		t.total += value
		names := namesOf(sample)
		t.stacks[strings.Join(names, ";")] += value
		for name := range setOf(names) {
			t.functions[name] += value
		}
		vehicle := ""
		if values := sample.Label["vehicle"]; len(values) > 0 {
			vehicle = values[0]
		}
		t.byVehicle[vehicle] += value
	}
	p.TimeNanos = at.UnixNano()
	var out bytes.Buffer
	must(p.Write(&out))
	t.raw = out.Bytes()
	return t
}

// namesOf lists a stack's functions, root first.
func namesOf(sample *profile.Sample) []string {
	var names []string
	for i := len(sample.Location) - 1; i >= 0; i-- {
		lines := sample.Location[i].Line
		for j := len(lines) - 1; j >= 0; j-- {
			names = append(names, lines[j].Function.Name)
		}
	}
	return names
}

func setOf(names []string) map[string]bool {
	set := map[string]bool{}
	for _, name := range names {
		set[name] = true
	}
	return set
}

func stacksOf(p *profile.Profile) map[string]int64 {
	stacks := map[string]int64{}
	for _, sample := range p.Sample {
		stacks[strings.Join(namesOf(sample), ";")] += sample.Value[0]
	}
	return stacks
}

func sorted(names []string) []string {
	out := append([]string{}, names...)
	sort.Strings(out)
	return out
}

type protocol struct {
	name    string
	options []connect.ClientOption
}

func main() {
	server, file := os.Args[1], os.Args[2]
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	now := time.Now()
	for _, one := range []protocol{
		{"proto", nil},
		{"proto, gzip", []connect.ClientOption{connect.WithSendGzip()}},
		{"JSON", []connect.ClientOption{connect.WithProtoJSON()}},
		{"gRPC-Web", []connect.ClientOption{connect.WithGRPCWeb()}},
	} {
		truth := readTruth(file, now)
		service := "connect-go-" + strings.NewReplacer(", ", "-").Replace(strings.ToLower(one.name))
		pusher := pushv1connect.NewPusherServiceClient(http.DefaultClient, server, one.options...)
		_, err := pusher.Push(ctx, connect.NewRequest(&pushv1.PushRequest{Series: []*pushv1.RawProfileSeries{{
			Labels:  []*typesv1.LabelPair{{Name: "__name__", Value: "process_cpu"}, {Name: "service_name", Value: service}},
			Samples: []*pushv1.RawSample{{RawProfile: truth.raw, ID: service}},
		}}}))
		if fails(one.name+": Push is taken", err) {
			continue
		}
		equal(one.name+": Push is taken", "taken", "taken")
		querier := querierv1connect.NewQuerierServiceClient(http.DefaultClient, server, one.options...)
		ask(ctx, asker{querier, one.name + ": ", service, truth, now.Add(-time.Minute).UnixMilli(), now.Add(time.Minute).UnixMilli()})
	}
	must(json.NewEncoder(os.Stdout).Encode(checks))
}
