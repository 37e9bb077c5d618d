package main

import (
	"sync"
	"time"
)

// incidentPlan is what went wrong in us-west-1: orders of cars wait for the drivers' ledger.
//
// Time is cut in periods that start at multiples of `period` since 1970. An even one is low, an odd one is high. Beside a
// bike, a scooter and a car (1 + 2 + 3 units of work) and about 7 % for the runtime, the lock of that one car takes
//
//	low   3 units of  9, a third of the region's CPU
//	high 18 units of 24, about 70 % of it
type incidentPlan struct {
	inThisRegion bool
	period       time.Duration
}

func (p incidentPlan) lockUnitsPerRadius(now time.Time) int64 {
	if now.UnixNano()/int64(p.period)%2 == 0 {
		return 1
	}
	return 6
}

//go:noinline
func checkDriverAvailability(searchRadius int64) {
	if incident.inThisRegion {
		mutexLock(searchRadius)
	}
}

// ledger is the one lock that every car order of the region goes through.
var ledger struct {
	mu    sync.Mutex
	state uint64
}

// mutexLock burns CPU with the ledger locked, while two dispatchers wait for it: the mutex profile shows who held it, the
// block profile who waited.
//
//go:noinline
func mutexLock(searchRadius int64) {
	var waiting sync.WaitGroup
	ledger.mu.Lock()
	for range 2 {
		waiting.Go(dispatchDriver)
	}
	hash := ledger.state
	for range searchRadius {
		// The plan is asked with the lock held and for each unit, so that an order that waited through the end of a high
		// period takes hardly any of its work into the low one.
		for step := range perUnit.slices * incident.lockUnitsPerRadius(time.Now()) {
			for round := range perUnit.roundsPerSlice {
				hash = (hash ^ uint64(round+step)) * fnvPrime
			}
			breathe()
		}
	}
	ledger.state = hash
	ledger.mu.Unlock()
	waiting.Wait()
}

//go:noinline
func dispatchDriver() {
	ledger.mu.Lock()
	defer ledger.mu.Unlock()
	ledger.state++
}
