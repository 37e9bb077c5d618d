// Grafana's own data source for Pyroscope, as its server runs it: asks for health, resources and frames over both of its back ends
// (Connect, and the old HTTP API), and holds them against what google/pprof reads in the file. Prints one JSON array of checks.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"sort"
	"strings"
	"time"

	"github.com/google/pprof/profile"
	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/httpclient"
	"github.com/grafana/grafana-plugin-sdk-go/data"
	"github.com/grafana/grafana/pkg/tsdb/phlare"
)

const cpu = "process_cpu:cpu:nanoseconds:cpu:nanoseconds"

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

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// truth is what google/pprof reads of one sample type.
type truth struct {
	total     int64
	functions map[string]int64 // each once a stack, as a flame graph adds them
	byVehicle map[string]int64
}

func readTruth(p *profile.Profile, index int) truth {
	t := truth{functions: map[string]int64{}, byVehicle: map[string]int64{}}
	for _, sample := range p.Sample {
		value := sample.Value[index]
		t.total += value
		seen := map[string]bool{}
		for _, location := range sample.Location {
			for _, line := range location.Line {
				if !seen[line.Function.Name] {
					seen[line.Function.Name] = true
					t.functions[line.Function.Name] += value
				}
			}
		}
		vehicle := ""
		if values := sample.Label["vehicle"]; len(values) > 0 {
			vehicle = values[0]
		}
		t.byVehicle[vehicle] += value
	}
	return t
}

// asker is the data source with one of its back ends.
type asker struct {
	source  *phlare.Service
	context backend.PluginContext
	name    string
}

func newAsker(server, kind, name string) asker {
	settings, err := json.Marshal(map[string]string{"backendType": kind, "minStep": "15s"})
	must(err)
	return asker{
		source: phlare.ProvideService(httpclient.NewProvider(), nil),
		context: backend.PluginContext{PluginID: "phlare", DataSourceInstanceSettings: &backend.DataSourceInstanceSettings{
			UID: kind, URL: server, JSONData: settings,
		}},
		name: name,
	}
}

func (a asker) health(ctx context.Context) {
	result, err := a.source.CheckHealth(ctx, &backend.CheckHealthRequest{PluginContext: a.context})
	must(err)
	equal(a.name+"CheckHealth", fmt.Sprintf("%s, %s", result.Status, result.Message), "OK, Data source is working")
}

type sender struct{ body []byte }

func (s *sender) Send(response *backend.CallResourceResponse) error {
	s.body = response.Body
	return nil
}

// resource decodes what Grafana's page is given; an error is Grafana's.
func (a asker) resource(ctx context.Context, path string, query url.Values, into any) error {
	var s sender
	request := &backend.CallResourceRequest{PluginContext: a.context, Path: path, Method: "GET", URL: path + "?" + query.Encode()}
	if err := a.source.CallResource(ctx, request, &s); err != nil {
		return err
	}
	return json.Unmarshal(s.body, into)
}

func (a asker) query(ctx context.Context, kind, profileType, selector string, groupBy []string, from, to time.Time) backend.DataResponse {
	model, err := json.Marshal(map[string]any{
		"refId": "A", "profileTypeId": profileType, "labelSelector": selector, "groupBy": groupBy, "queryType": kind,
	})
	must(err)
	response, err := a.source.QueryData(ctx, &backend.QueryDataRequest{PluginContext: a.context, Queries: []backend.DataQuery{{
		RefID: "A", QueryType: kind, JSON: model, Interval: 15 * time.Second, TimeRange: backend.TimeRange{From: from, To: to},
	}}})
	must(err)
	return response.Responses["A"]
}

// flameOf adds the rows of a nested set by function; one that calls itself counts where it is first.
func flameOf(frame *data.Frame) (total, self int64, functions map[string]int64) {
	functions = map[string]int64{}
	field := map[string]*data.Field{}
	for _, one := range frame.Fields {
		field[one.Name] = one
	}
	names := field["label"].Config.TypeConfig.Enum.Text
	var path []string
	for row := 0; row < frame.Rows(); row++ {
		level := int(field["level"].At(row).(int64))
		value := field["value"].At(row).(int64)
		self += field["self"].At(row).(int64)
		name := names[field["label"].At(row).(int64)]
		path = path[:level]
		if level == 0 {
			total = value
		} else if !contains(path[1:], name) {
			functions[name] += value
		}
		path = append(path, name)
	}
	return total, self, functions
}

func contains(names []string, name string) bool {
	for _, one := range names {
		if one == name {
			return true
		}
	}
	return false
}

func (a asker) frames(ctx context.Context, profileType, selector, unit string, expected truth, from, to time.Time) {
	flame := a.query(ctx, "profile", profileType, selector, nil, from, to)
	if flame.Error != nil || len(flame.Frames) != 1 {
		equal(a.name+"QueryData, profile", fmt.Sprint(flame.Error, len(flame.Frames)), "one frame")
		return
	}
	total, self, functions := flameOf(flame.Frames[0])
	equal(a.name+"QueryData, profile: the file's total, of the root and of all selves", []int64{total, self}, []int64{expected.total, expected.total})
	equal(a.name+"QueryData, profile: the file's total of every function", functions, expected.functions)
	equal(a.name+"QueryData, profile: the unit", flame.Frames[0].Fields[1].Config.Unit, unit)
	both := a.query(ctx, "both", profileType, selector, []string{"vehicle"}, from, to)
	kinds := map[string]int{}
	for _, frame := range both.Frames {
		kinds[string(frame.Meta.PreferredVisualization)]++
	}
	equal(a.name+"QueryData, both: a flame graph and series", []any{both.Error, kinds["flamegraph"], kinds["graph"] > 0}, []any{nil, 1, true})
}

func sorted(names []string) []string {
	sort.Strings(names)
	return names
}

func connectBackEnd(ctx context.Context, a asker, service string, expected truth, from, to time.Time) {
	a.health(ctx)
	var types []phlare.ProfileType
	must(a.resource(ctx, "profileTypes", nil, &types))
	labels := map[string]string{}
	for _, one := range types {
		labels[one.ID] = one.Label
	}
	equal(a.name+"profileTypes", labels[cpu], "process_cpu - cpu")
	// This version asks for labels without a range, which Pyroscope 2 refuses, and so do we.
	var names []string
	err := a.resource(ctx, "labelNames", url.Values{"query": {"{}"}, "start": {"1"}, "end": {"2"}}, &names)
	equal(a.name+"labelNames, which it asks without a range", err != nil && strings.Contains(err.Error(), "missing time range in the query"), true)
	selector := fmt.Sprintf("{service_name=%q}", service)
	a.frames(ctx, cpu, selector, "ns", expected, from, to)
	// Of the other back end no refusal is asked for: this version takes every answer for a profile, and ends.
	bad := a.query(ctx, "profile", cpu, "{a=", nil, from, to)
	equal(a.name+"QueryData, profile: a selector that is none is an error", bad.Error != nil, true)
	series := a.query(ctx, "metrics", cpu, selector, []string{"vehicle"}, from, to)
	sums := map[string]int64{}
	for _, frame := range series.Frames {
		for row := 0; row < frame.Rows(); row++ {
			sums[frame.Fields[1].Labels["vehicle"]] += int64(frame.Fields[1].At(row).(float64))
		}
	}
	equal(a.name+"QueryData, metrics: the file's total of each value of a label", sums, expected.byVehicle)
}

func oldBackEnd(ctx context.Context, a asker, service string, expected truth, from, to time.Time) {
	a.health(ctx)
	var types []phlare.ProfileType
	must(a.resource(ctx, "profileTypes", nil, &types))
	var ids []string
	for _, one := range types {
		ids = append(ids, one.ID)
	}
	equal(a.name+"profileTypes has the app", contains(ids, service+".cpu"), true)
	query := url.Values{"query": {service + ".cpu{}"}, "start": {fmt.Sprint(from.UnixMilli())}, "end": {fmt.Sprint(to.UnixMilli())}}
	var names []string
	must(a.resource(ctx, "labelNames", query, &names))
	equal(a.name+"labelNames has that of samples", contains(names, "vehicle"), true)
	a.frames(ctx, service+".cpu", "{}", "ms", expected, from, to)
	series := a.query(ctx, "metrics", service+".cpu", "{}", []string{"vehicle"}, from, to)
	var found, vehicles []string
	for _, frame := range series.Frames {
		found = append(found, frame.Fields[1].Labels["vehicle"])
	}
	for vehicle := range expected.byVehicle {
		if vehicle != "" {
			vehicles = append(vehicles, vehicle)
		}
	}
	equal(a.name+"QueryData, metrics: a series of each value of a label", sorted(found), sorted(vehicles))
}

func main() {
	server, file, service := os.Args[1], os.Args[2], os.Args[3]
	content, err := os.ReadFile(file)
	must(err)
	p, err := profile.ParseData(content)
	must(err)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	from, to := time.Now().Add(-10*time.Minute), time.Now().Add(time.Minute)
	connectBackEnd(ctx, newAsker(server, "phlare", "Connect: "), service, readTruth(p, 1), from, to)
	oldBackEnd(ctx, newAsker(server, "pyroscope", "old API: "), service, readTruth(p, 0), from, to)
	must(json.NewEncoder(os.Stdout).Encode(checks))
}
