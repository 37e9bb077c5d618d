package main

import (
	"fmt"
	"os"
	"strconv"
	"time"
)

type settings struct {
	appName       string        // APP_NAME
	region        string        // REGION: us-east-1, us-west-1 (the one with the incident), eu-west-1
	host, port    string        // HOST, PORT
	serverAddress string        // PYROSCOPE_SERVER_ADDRESS
	authToken     string        // PYROSCOPE_AUTH_TOKEN, sent as a bearer token
	uploadEvery   time.Duration // UPLOAD_SECONDS; the client of 2022 always takes 10
	period        time.Duration // PERIOD_SECONDS: how long us-west-1 stays low, then high
	workPerRadius time.Duration // WORK_MS: CPU time per unit of search radius
	ordersPerS    float64       // RATE: orders per second and region, sent by the load generator
}

func readSettings() (settings, error) {
	s := settings{
		appName:       env("APP_NAME", "ride-sharing-app"),
		region:        env("REGION", "us-east-1"),
		host:          env("HOST", "127.0.0.1"),
		port:          env("PORT", "5000"),
		serverAddress: env("PYROSCOPE_SERVER_ADDRESS", "http://localhost:4040"),
		authToken:     os.Getenv("PYROSCOPE_AUTH_TOKEN"),
	}
	seconds := float64(time.Second)
	for _, number := range []struct {
		name, fallback string
		set            func(value float64)
	}{
		{"UPLOAD_SECONDS", "10", func(v float64) { s.uploadEvery = time.Duration(v * seconds) }},
		{"PERIOD_SECONDS", "60", func(v float64) { s.period = time.Duration(v * seconds) }},
		{"WORK_MS", "20", func(v float64) { s.workPerRadius = time.Duration(v * float64(time.Millisecond)) }},
		{"RATE", "2", func(v float64) { s.ordersPerS = v }},
	} {
		value, err := strconv.ParseFloat(env(number.name, number.fallback), 64)
		if err != nil || value <= 0 {
			return s, fmt.Errorf("%s must be a number above 0, not %q", number.name, os.Getenv(number.name))
		}
		number.set(value)
	}
	return s, nil
}

func env(name, fallback string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return fallback
}
