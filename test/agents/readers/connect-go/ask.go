// Each method of the querier, and what its answer must be.
package main

import (
	"context"
	"fmt"
	"time"

	"connectrpc.com/connect"
	"github.com/google/pprof/profile"
	querierv1 "github.com/grafana/pyroscope/api/gen/proto/go/querier/v1"
	"github.com/grafana/pyroscope/api/gen/proto/go/querier/v1/querierv1connect"
	typesv1 "github.com/grafana/pyroscope/api/gen/proto/go/types/v1"
)

const cpu = "process_cpu:cpu:nanoseconds:cpu:nanoseconds"

type asker struct {
	client     querierv1connect.QuerierServiceClient
	name       string
	service    string
	truth      truth
	start, end int64 // unix milliseconds
}

func (a asker) selector(more string) string {
	return fmt.Sprintf(`{service_name=%q%s}`, a.service, more)
}

func ask(ctx context.Context, a asker) {
	a.labels(ctx)
	a.graphs(ctx)
	a.profiles(ctx)
	a.series(ctx)
	stats, err := a.client.GetProfileStats(ctx, connect.NewRequest(&typesv1.GetProfileStatsRequest{}))
	if !fails(a.name+"GetProfileStats", err) {
		equal(a.name+"GetProfileStats says that there is data", stats.Msg.DataIngested, true)
	}
	a.later(ctx)
	analysis, err := a.client.AnalyzeQuery(ctx, connect.NewRequest(&querierv1.AnalyzeQueryRequest{Start: a.start, End: a.end, Query: cpu + a.selector("")}))
	if !fails(a.name+"AnalyzeQuery", err) {
		profiles := uint64(0)
		for _, scope := range analysis.Msg.QueryScopes {
			profiles += scope.ProfileCount
		}
		series := uint64(len(a.truth.byVehicle))
		equal(a.name+"AnalyzeQuery counts a series and a profile for each value of the samples' label", []uint64{analysis.Msg.QueryImpact.TotalQueriedSeries, profiles}, []uint64{series, series})
	}
	_, err = a.client.SelectMergeStacktraces(ctx, connect.NewRequest(&querierv1.SelectMergeStacktracesRequest{
		ProfileTypeID: cpu, LabelSelector: "{a=", Start: a.start, End: a.end,
	}))
	equal(a.name+"a selector that is none is refused", connect.CodeOf(err), connect.CodeInvalidArgument)
}

// later asks as profilecli --async does, and polls each second.
func (a asker) later(ctx context.Context) {
	what := a.name + "SelectMergeStacktraces, async"
	force := querierv1.AsyncQueryType_ASYNC_QUERY_TYPE_FORCE
	submitted, err := a.client.SelectMergeStacktraces(ctx, connect.NewRequest(&querierv1.SelectMergeStacktracesRequest{
		ProfileTypeID: cpu, LabelSelector: a.selector(""), Start: a.start, End: a.end,
		Async: &querierv1.AsyncQueryRequest{Type: force},
	}))
	if fails(what+", is taken", err) {
		return
	}
	id := submitted.Msg.GetAsync().GetRequestId()
	poll := func(id string) (*connect.Response[querierv1.SelectMergeStacktracesResponse], error) {
		return a.client.SelectMergeStacktraces(ctx, connect.NewRequest(&querierv1.SelectMergeStacktracesRequest{
			Async: &querierv1.AsyncQueryRequest{Type: force, RequestId: id},
		}))
	}
	for {
		polled, err := poll(id)
		if fails(what+", is polled", err) {
			return
		}
		if polled.Msg.GetAsync().GetStatus() != querierv1.AsyncQueryStatus_ASYNC_QUERY_STATUS_IN_PROGRESS {
			equal(what+", succeeds", polled.Msg.GetAsync().GetStatus(), querierv1.AsyncQueryStatus_ASYNC_QUERY_STATUS_SUCCESS)
			equal(what+", has the file's total of every function", functionsOf(polled.Msg.GetFlamegraph()), a.truth.functions)
			break
		}
		time.Sleep(time.Second)
	}
	_, err = poll("7c9e6679-7425-40de-944b-e07fc1f90ae7")
	equal(what+", knows no other id", connect.CodeOf(err), connect.CodeNotFound)
}

func (a asker) labels(ctx context.Context) {
	types, err := a.client.ProfileTypes(ctx, connect.NewRequest(&querierv1.ProfileTypesRequest{Start: a.start, End: a.end}))
	if !fails(a.name+"ProfileTypes", err) {
		var ids []string
		for _, one := range types.Msg.ProfileTypes {
			ids = append(ids, one.ID)
		}
		equal(a.name+"ProfileTypes", sorted(ids), []string{cpu, "process_cpu:samples:count:cpu:nanoseconds"})
	}
	matchers := []string{a.selector("")}
	names, err := a.client.LabelNames(ctx, connect.NewRequest(&typesv1.LabelNamesRequest{Matchers: matchers, Start: a.start, End: a.end}))
	if !fails(a.name+"LabelNames", err) {
		found := setOf(names.Msg.Names)
		equal(a.name+"LabelNames has those of samples and of the series", []bool{found["vehicle"], found["region"], found["service_name"]}, []bool{true, true, true})
	}
	values, err := a.client.LabelValues(ctx, connect.NewRequest(&typesv1.LabelValuesRequest{Name: "vehicle", Matchers: matchers, Start: a.start, End: a.end}))
	if !fails(a.name+"LabelValues", err) {
		var expected []string
		for vehicle := range a.truth.byVehicle {
			if vehicle != "" {
				expected = append(expected, vehicle)
			}
		}
		equal(a.name+"LabelValues of a label of samples", values.Msg.Names, sorted(expected))
	}
	series, err := a.client.Series(ctx, connect.NewRequest(&querierv1.SeriesRequest{
		Matchers: matchers, LabelNames: []string{"service_name", "__profile_type__"}, Start: a.start, End: a.end,
	}))
	if !fails(a.name+"Series", err) {
		equal(a.name+"Series has one set a type", len(series.Msg.LabelsSet), 2)
	}
}

func (a asker) graphs(ctx context.Context) {
	request := &querierv1.SelectMergeStacktracesRequest{ProfileTypeID: cpu, LabelSelector: a.selector(""), Start: a.start, End: a.end}
	merged, err := a.client.SelectMergeStacktraces(ctx, connect.NewRequest(request))
	if !fails(a.name+"SelectMergeStacktraces", err) {
		equal(a.name+"SelectMergeStacktraces has the file's total", merged.Msg.Flamegraph.Total, a.truth.total)
		equal(a.name+"SelectMergeStacktraces has the file's total of every function", functionsOf(merged.Msg.Flamegraph), a.truth.functions)
	}
	of := func(vehicle string) *querierv1.SelectMergeStacktracesRequest {
		return &querierv1.SelectMergeStacktracesRequest{
			ProfileTypeID: cpu, LabelSelector: a.selector(fmt.Sprintf(`,vehicle=%q`, vehicle)), Start: a.start, End: a.end,
		}
	}
	diff, err := a.client.Diff(ctx, connect.NewRequest(&querierv1.DiffRequest{Left: of("bike"), Right: of("car")}))
	if !fails(a.name+"Diff", err) {
		graph := diff.Msg.Flamegraph
		equal(a.name+"Diff has the file's totals of both sides", []int64{graph.LeftTicks, graph.RightTicks}, []int64{a.truth.byVehicle["bike"], a.truth.byVehicle["car"]})
	}
	span, err := a.client.SelectMergeSpanProfile(ctx, connect.NewRequest(&querierv1.SelectMergeSpanProfileRequest{
		ProfileTypeID: cpu, LabelSelector: a.selector(""), Start: a.start, End: a.end, SpanSelector: []string{"0123456789abcdef"},
	}))
	if !fails(a.name+"SelectMergeSpanProfile", err) {
		equal(a.name+"SelectMergeSpanProfile of a span that nobody has", span.Msg.Flamegraph.Total, 0)
	}
}

func (a asker) profiles(ctx context.Context) {
	merged, err := a.client.SelectMergeProfile(ctx, connect.NewRequest(&querierv1.SelectMergeProfileRequest{
		ProfileTypeID: cpu, LabelSelector: a.selector(""), Start: a.start, End: a.end,
	}))
	if fails(a.name+"SelectMergeProfile", err) {
		return
	}
	raw, err := merged.Msg.MarshalVT()
	must(err)
	parsed, err := profile.ParseUncompressed(raw)
	if !fails(a.name+"SelectMergeProfile is one that google/pprof takes", err) {
		equal(a.name+"SelectMergeProfile has the file's value of every stack", stacksOf(parsed), a.truth.stacks)
	}
}

func (a asker) series(ctx context.Context) {
	points, err := a.client.SelectSeries(ctx, connect.NewRequest(&querierv1.SelectSeriesRequest{
		ProfileTypeID: cpu, LabelSelector: a.selector(""), Start: a.start, End: a.end, Step: 15, GroupBy: []string{"vehicle"},
	}))
	if !fails(a.name+"SelectSeries", err) {
		sums := map[string]int64{}
		for _, one := range points.Msg.Series {
			vehicle := ""
			for _, label := range one.Labels {
				vehicle = label.Value
			}
			for _, point := range one.Points {
				sums[vehicle] += int64(point.Value)
			}
		}
		equal(a.name+"SelectSeries by a label has the file's total of each value", sums, a.truth.byVehicle)
	}
	heatmap, err := a.client.SelectHeatmap(ctx, connect.NewRequest(&querierv1.SelectHeatmapRequest{
		ProfileTypeID: cpu, LabelSelector: a.selector(`,vehicle="car"`), Start: a.start, End: a.end, Step: 15,
		QueryType: querierv1.HeatmapQueryType_HEATMAP_QUERY_TYPE_INDIVIDUAL,
	}))
	if !fails(a.name+"SelectHeatmap", err) {
		counted, lowest := int32(0), 0.0
		for _, one := range heatmap.Msg.Series {
			for _, slot := range one.Slots {
				lowest = slot.YMin[0]
				for _, count := range slot.Counts {
					counted += count
				}
			}
		}
		equal(a.name+"SelectHeatmap counts one upload, at the file's value", []any{counted, int64(lowest)}, []any{1, a.truth.byVehicle["car"]})
	}
}

// functionsOf adds the boxes of each function; one that calls itself counts where it is first.
func functionsOf(graph *querierv1.FlameGraph) map[string]int64 {
	type box struct{ left, right int64 }
	counted := map[string][]box{}
	sums := map[string]int64{}
	for depth, level := range graph.Levels {
		right := int64(0)
		for i := 0; i+3 < len(level.Values); i += 4 {
			left := right + level.Values[i]
			right = left + level.Values[i+1]
			name := graph.Names[level.Values[i+3]]
			isInside := false
			for _, outer := range counted[name] {
				isInside = isInside || (outer.left <= left && right <= outer.right)
			}
			if depth > 0 && !isInside {
				counted[name] = append(counted[name], box{left, right})
				sums[name] += level.Values[i+1]
			}
		}
	}
	return sums
}
