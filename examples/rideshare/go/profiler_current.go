//go:build !pyroscope2022

package main

import (
	"context"

	"github.com/grafana/pyroscope-go"
)

const clientName = "grafana/pyroscope-go v1.4.3"

type pyroscopeProfiling struct{ profiler *pyroscope.Profiler }

func startProfiling(settings settings) (profiling, error) {
	profiler, err := pyroscope.Start(pyroscope.Config{
		ApplicationName: settings.appName,
		ServerAddress:   settings.serverAddress,
		AuthToken:       settings.authToken,
		UploadRate:      settings.uploadEvery,
		Tags:            map[string]string{"region": settings.region},
		Logger:          errorLogger{},
		ProfileTypes: []pyroscope.ProfileType{
			pyroscope.ProfileCPU,
			pyroscope.ProfileAllocObjects, pyroscope.ProfileAllocSpace,
			pyroscope.ProfileInuseObjects, pyroscope.ProfileInuseSpace,
			pyroscope.ProfileGoroutines,
			pyroscope.ProfileMutexCount, pyroscope.ProfileMutexDuration,
			pyroscope.ProfileBlockCount, pyroscope.ProfileBlockDuration,
		},
	})
	return pyroscopeProfiling{profiler}, err
}

func (p pyroscopeProfiling) Tag(key, value string, work func()) {
	pyroscope.TagWrapper(context.Background(), pyroscope.Labels(key, value), func(context.Context) { work() })
}

func (p pyroscopeProfiling) Stop() { _ = p.profiler.Stop() }
