package main

import "time"

const (
	fnvPrime = 0x100000001b3
	slice    = 4 * time.Millisecond
)

// work is an amount of CPU time as a number of hash rounds, in slices of 4 ms. Counting rounds rather than watching the
// clock keeps the proportions of the functions right however busy the machine is.
type work struct {
	slices         int64
	roundsPerSlice int64
}

// calibrate finds how many rounds take `amount` on this machine. It takes the best of many short runs: on a busy machine a
// long one is interrupted every time.
func calibrate(amount time.Duration) work {
	const rounds = 100_000
	best := time.Hour
	for range 100 {
		start := time.Now()
		hash := uint64(rounds)
		for round := range int64(rounds) {
			hash = (hash ^ uint64(round)) * fnvPrime
		}
		calibrated = hash
		best = min(best, time.Since(start))
	}
	slices := max(1, int64(amount/slice))
	roundsPerMs := float64(rounds) / (float64(best) / float64(time.Millisecond))
	return work{slices: slices, roundsPerSlice: int64(roundsPerMs * amount.Seconds() * 1000 / float64(slices))}
}

// calibrated keeps the compiler from removing the loop above.
var calibrated uint64

// breathe lets others run: three of these apps, a server and a browser share a small machine.
func breathe() { time.Sleep(slice) }
