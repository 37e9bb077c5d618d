package main

import (
	"time"

	"github.com/google/pprof/profile"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pprofile"
)

// toOtlp puts the sample counts of a pprof into OTLP's tables: row 0 of each stands for nothing.
func toOtlp(source *profile.Profile, resource map[string]string) (pprofile.Profiles, error) {
	target := pprofile.NewProfiles()
	tables := converter{dictionary: target.Dictionary()}
	tables.dictionary.StringTable().Append("")
	tables.dictionary.MappingTable().AppendEmpty()
	tables.dictionary.LocationTable().AppendEmpty()
	tables.dictionary.FunctionTable().AppendEmpty()
	tables.dictionary.LinkTable().AppendEmpty()
	tables.dictionary.StackTable().AppendEmpty()
	tables.dictionary.AttributeTable().AppendEmpty()

	from := target.ResourceProfiles().AppendEmpty()
	for key, value := range resource {
		from.Resource().Attributes().PutStr(key, value)
	}
	scope := from.ScopeProfiles().AppendEmpty()
	scope.Scope().SetName("edgeflame/orders")
	result := scope.Profiles().AppendEmpty()
	result.SetTime(pcommon.Timestamp(source.TimeNanos))
	result.SetDurationNano(uint64(source.DurationNanos))
	result.SetPeriod(source.Period)
	tables.valueType(result.SampleType(), source.SampleType[0])
	tables.valueType(result.PeriodType(), source.PeriodType)
	for _, sample := range source.Sample {
		converted := result.Samples().AppendEmpty()
		converted.SetStackIndex(tables.stack(sample.Location))
		converted.Values().Append(sample.Value[0])
		converted.TimestampsUnixNano().Append(uint64(time.Now().UnixNano()))
		for key, values := range sample.Label {
			converted.AttributeIndices().Append(tables.attribute(key, values[0]))
		}
	}
	return target, tables.err
}

// converter keeps the first error, so that its callers read as the tables do.
type converter struct {
	dictionary pprofile.ProfilesDictionary
	err        error
}

func (c *converter) keep(row int32, err error) int32 {
	if c.err == nil {
		c.err = err
	}
	return row
}

func (c *converter) text(value string) int32 {
	return c.keep(pprofile.SetString(c.dictionary.StringTable(), value))
}

func (c *converter) valueType(target pprofile.ValueType, source *profile.ValueType) {
	target.SetTypeStrindex(c.text(source.Type))
	target.SetUnitStrindex(c.text(source.Unit))
}

func (c *converter) attribute(key, value string) int32 {
	attribute := pprofile.NewKeyValueAndUnit()
	attribute.SetKeyStrindex(c.text(key))
	attribute.Value().SetStr(value)
	return c.keep(pprofile.SetAttribute(c.dictionary.AttributeTable(), attribute))
}

func (c *converter) stack(locations []*profile.Location) int32 {
	stack := pprofile.NewStack()
	for _, source := range locations {
		location := pprofile.NewLocation()
		location.SetAddress(source.Address)
		for _, line := range source.Line {
			function := pprofile.NewFunction()
			function.SetNameStrindex(c.text(line.Function.Name))
			function.SetFilenameStrindex(c.text(line.Function.Filename))
			target := location.Lines().AppendEmpty()
			target.SetFunctionIndex(c.keep(pprofile.SetFunction(c.dictionary.FunctionTable(), function)))
			target.SetLine(line.Line)
		}
		stack.LocationIndices().Append(c.keep(pprofile.SetLocation(c.dictionary.LocationTable(), location)))
	}
	return c.keep(pprofile.SetStack(c.dictionary.StackTable(), stack))
}
