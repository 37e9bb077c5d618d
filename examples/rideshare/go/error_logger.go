package main

import "log"

// errorLogger is the part of a client's log that a user must see.
type errorLogger struct{}

func (errorLogger) Infof(string, ...any)  {}
func (errorLogger) Debugf(string, ...any) {}

func (errorLogger) Errorf(format string, arguments ...any) {
	log.Printf("pyroscope: "+format, arguments...)
}
