// Rideshare: a small app with a slow function to find, profiled by a Pyroscope client.
//
//	rideshare                      serve /bike, /car and /scooter for one region
//	rideshare loadgen URL [URL …]  order rides from running servers, one after the other
//
// Everything is set by the environment; settings.go lists it.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime"
	"syscall"
	"time"
)

func main() {
	log.SetFlags(log.Ltime)
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()

	settings, err := readSettings()
	if err == nil {
		if len(os.Args) > 1 && os.Args[1] == "loadgen" {
			err = generateLoad(ctx, settings, os.Args[2:])
		} else {
			err = serve(ctx, settings)
		}
	}
	if err != nil {
		log.Fatal("rideshare: ", err)
	}
}

func serve(ctx context.Context, settings settings) error {
	// An example allocates little, so it samples finely: otherwise most heap uploads would be empty.
	runtime.MemProfileRate = 32 << 10
	runtime.SetMutexProfileFraction(1)
	runtime.SetBlockProfileRate(int(time.Millisecond))

	profiler, err := startProfiling(settings)
	if err != nil {
		return err
	}
	defer profiler.Stop()
	setUpOrders(settings, profiler)

	routes := http.NewServeMux()
	routes.HandleFunc("GET /bike", order(OrderBike, 1))
	routes.HandleFunc("GET /scooter", order(OrderScooter, 2))
	routes.HandleFunc("GET /car", order(OrderCar, 3))
	routes.HandleFunc("GET /", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, "rideshare in %s: /bike /scooter /car\n", settings.region)
	})

	listener, err := net.Listen("tcp", net.JoinHostPort(settings.host, settings.port))
	if err != nil {
		return err
	}
	log.Printf("rideshare %s (%s) listens on http://%s, profiles go to %s",
		settings.region, clientName, listener.Addr(), settings.serverAddress)

	server := &http.Server{Handler: routes}
	go func() {
		<-ctx.Done()
		deadline, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		_ = server.Shutdown(deadline)
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// order answers a request with the ride that `find` comes up with.
func order(find func(searchRadius int64) ride, searchRadius int64) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(find(searchRadius))
	}
}
