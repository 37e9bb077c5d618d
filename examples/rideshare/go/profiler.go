package main

// profiling is what the app needs of a Pyroscope client. profiler_current.go and profiler_2022.go each give one:
// `go build` takes the client of today, `go build -tags pyroscope2022` that of June 2022.
type profiling interface {
	// Tag runs `work` with a label on every sample that is taken of it.
	Tag(key, value string, work func())
	// Stop uploads what is left and ends.
	Stop()
}
