package main

import (
	"fmt"
	"sync"
)

type ride struct {
	Vehicle    string      `json:"vehicle"`
	Region     string      `json:"region"`
	Candidates []candidate `json:"candidates"`
}

type candidate struct {
	Driver    string `json:"driver"`
	DistanceM uint64 `json:"distance_m"`
	Route     []byte `json:"-"`
}

// What every order shares; set once before the first request.
var (
	region   string
	profiler profiling
	incident incidentPlan
	perUnit  work // the CPU work of one unit of search radius
)

func setUpOrders(settings settings, p profiling) {
	region, profiler = settings.region, p
	perUnit = calibrate(settings.workPerRadius)
	incident = incidentPlan{inThisRegion: settings.region == "us-west-1", period: settings.period}
}

// The three orders take CPU in proportion to their radius. They are not inlined, so that each is a frame.

//go:noinline
func OrderBike(searchRadius int64) ride { return FindNearestVehicle(searchRadius, "bike") }

//go:noinline
func OrderScooter(searchRadius int64) ride { return FindNearestVehicle(searchRadius, "scooter") }

//go:noinline
func OrderCar(searchRadius int64) ride { return FindNearestVehicle(searchRadius, "car") }

// FindNearestVehicle searches under the dynamic tag `vehicle`, so that the search can be told apart by it.
//
//go:noinline
func FindNearestVehicle(searchRadius int64, vehicle string) ride {
	found := ride{Vehicle: vehicle, Region: region}
	profiler.Tag("vehicle", vehicle, func() {
		nearest := searchGrid(searchRadius)
		found.Candidates = rankCandidates(searchRadius, nearest)
		if vehicle == "car" {
			checkDriverAvailability(searchRadius)
		}
	})
	recent.add(found)
	return found
}

//go:noinline
func searchGrid(searchRadius int64) uint64 {
	hash := uint64(searchRadius)
	for step := range perUnit.slices * searchRadius {
		for round := range perUnit.roundsPerSlice {
			hash = (hash ^ uint64(round+step)) * fnvPrime
		}
		breathe()
	}
	return hash
}

// rankCandidates allocates in proportion to the radius: this is what the memory profiles show.
//
//go:noinline
func rankCandidates(searchRadius int64, nearest uint64) []candidate {
	candidates := make([]candidate, 0, 4*searchRadius)
	for i := range 4 * searchRadius {
		candidates = append(candidates, candidate{
			Driver:    fmt.Sprintf("driver-%04d", (nearest+uint64(i))%10_000),
			DistanceM: nearest>>40%500 + uint64(i)*120,
			Route:     make([]byte, 8<<10),
		})
	}
	return candidates
}

// recent keeps the last rides alive, so that the heap in use is not empty.
var recent recentRides

type recentRides struct {
	mu    sync.Mutex
	rides [64]ride
	count int
}

func (r *recentRides) add(ride ride) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rides[r.count%len(r.rides)] = ride
	r.count++
}
