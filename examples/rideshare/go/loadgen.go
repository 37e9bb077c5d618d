package main

import (
	"context"
	"errors"
	"io"
	"log"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// At most this many orders wait for one server; more are dropped, as impatient users would.
const openOrders = 16

// generateLoad orders a bike, a scooter and a car in turn from every server: equally many of each, so that the CPU they
// take is in proportion to their radii.
func generateLoad(ctx context.Context, settings settings, servers []string) error {
	if len(servers) == 0 {
		return errors.New("loadgen needs the address of a server, for example http://127.0.0.1:5000")
	}
	var loads sync.WaitGroup
	for _, server := range servers {
		loads.Go(func() { orderFrom(ctx, strings.TrimRight(server, "/"), settings.ordersPerS) })
	}
	loads.Wait()
	return nil
}

func orderFrom(ctx context.Context, server string, ordersPerS float64) {
	client := &http.Client{Timeout: 20 * time.Second}
	vehicles := []string{"bike", "scooter", "car"}
	free := make(chan struct{}, openOrders)
	var failing atomic.Bool
	for turn := 0; ; turn++ {
		// Up to a third earlier or later, so that the regions and the profiler do not march in step.
		pause := time.Duration(float64(time.Second) / ordersPerS * (0.67 + 0.66*rand.Float64()))
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
		select {
		case free <- struct{}{}:
		default:
			continue
		}
		go func() {
			defer func() { <-free }()
			err := get(ctx, client, server+"/"+vehicles[turn%len(vehicles)])
			if err != nil && ctx.Err() == nil && !failing.Swap(true) {
				log.Print("loadgen: ", err)
			}
			if err == nil {
				failing.Store(false)
			}
		}()
	}
}

func get(ctx context.Context, client *http.Client, url string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	_, err = io.Copy(io.Discard, response.Body)
	return err
}
