// Orders a bike and a car in turn under its own CPU profiler, and hands what that saw to the OTLP/HTTP exporter of the
// OpenTelemetry collector, every ten seconds, until it is ended. A car's search takes three times a bike's. Settings:
// PYROSCOPE_SERVER_ADDRESS, APP_NAME, REGION, ENCODING (proto, json).
package main

import (
	"bytes"
	"context"
	"log"
	"os"
	"os/signal"
	"runtime/pprof"
	"syscall"
	"time"

	"github.com/google/pprof/profile"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/otlphttpexporter"
	"go.opentelemetry.io/collector/exporter/xexporter"
)

const (
	uploadEvery     = 10 * time.Second
	fnvPrime        = 0x100000001b3
	roundsPerRadius = 8_000_000
)

var nearest uint64

//go:noinline
func orderBike() { nearest = searchGrid(1) }

//go:noinline
func orderCar() { nearest = searchGrid(3) }

// Rounds rather than time, so that the CPU is in proportion to the radius however busy the machine is.
//
//go:noinline
func searchGrid(radius uint64) uint64 {
	hash := radius
	for round := range roundsPerRadius * radius {
		hash = (hash ^ round) * fnvPrime
	}
	return hash
}

func order(ctx context.Context) {
	for ctx.Err() == nil {
		for vehicle, run := range map[string]func(){"bike": orderBike, "car": orderCar} {
			pprof.Do(ctx, pprof.Labels("vehicle", vehicle), func(context.Context) { run() })
		}
		time.Sleep(100 * time.Millisecond)
	}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	profiles, err := newExporter(ctx)
	if err == nil {
		go order(ctx)
		for err == nil && ctx.Err() == nil {
			err = exportOnce(ctx, profiles)
		}
	}
	if err != nil {
		log.Fatal(err)
	}
}

// newExporter is what a collector makes of `exporters: { otlphttp: { endpoint, encoding } }`.
func newExporter(ctx context.Context) (xexporter.Profiles, error) {
	factory := otlphttpexporter.NewFactory()
	config := factory.CreateDefaultConfig().(*otlphttpexporter.Config)
	config.ClientConfig.Endpoint = os.Getenv("PYROSCOPE_SERVER_ADDRESS")
	if err := config.Encoding.UnmarshalText([]byte(os.Getenv("ENCODING"))); err != nil {
		return nil, err
	}
	settings := exporter.Settings{
		ID:                component.NewID(factory.Type()),
		TelemetrySettings: componenttest.NewNopTelemetrySettings(),
		BuildInfo:         component.NewDefaultBuildInfo(),
	}
	profiles, err := factory.(xexporter.Factory).CreateProfiles(ctx, settings, config)
	if err != nil {
		return nil, err
	}
	return profiles, profiles.Start(ctx, componenttest.NewNopHost())
}

func exportOnce(ctx context.Context, profiles xexporter.Profiles) error {
	var seen bytes.Buffer
	if err := pprof.StartCPUProfile(&seen); err != nil {
		return err
	}
	select {
	case <-ctx.Done():
	case <-time.After(uploadEvery):
	}
	pprof.StopCPUProfile()
	parsed, err := profile.Parse(&seen)
	if err != nil {
		return err
	}
	converted, err := toOtlp(parsed, map[string]string{
		"service.name": os.Getenv("APP_NAME"),
		"region":       os.Getenv("REGION"),
	})
	if err != nil {
		return err
	}
	return profiles.ConsumeProfiles(context.WithoutCancel(ctx), converted)
}
