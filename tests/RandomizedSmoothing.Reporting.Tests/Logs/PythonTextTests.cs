using CsCheck;
using RandomizedSmoothing.Reporting.Logs;

namespace RandomizedSmoothing.Reporting.Tests.Logs;

public sealed class PythonTextTests
{
    [Theory]
    [InlineData(0.0, "0.0")]
    [InlineData(1.2e-05, "1.2e-05")]
    [InlineData(0.744, "0.744")]
    [InlineData(1.5, "1.5")]
    [InlineData(1.0, "1.0")]
    [InlineData(10.0, "10.0")]
    [InlineData(12.34, "12.3")]
    [InlineData(99.5, "99.5")]
    [InlineData(99.96, "1e+02")]
    [InlineData(100.0, "1e+02")]
    [InlineData(123.4, "1.23e+02")]
    [InlineData(0.0001234, "0.000123")]
    [InlineData(0.0001, "0.0001")]
    [InlineData(0.00001234, "1.23e-05")]
    [InlineData(0.00099999, "0.001")]
    [InlineData(3.9105, "3.91")]
    [InlineData(1e300, "1e+300")]
    [InlineData(2.675, "2.67")]
    [InlineData(0.125, "0.125")]
    [InlineData(1.125, "1.12")]
    [InlineData(1.375, "1.38")]
    [InlineData(-0.5, "-0.5")]
    [InlineData(double.PositiveInfinity, "inf")]
    [InlineData(double.NaN, "nan")]
    public void Three_digits_print_as_python_prints_them(double value, string expected) =>
        PythonText.General(value, 3).ShouldBe(expected);

    [Theory]
    [InlineData(1.0, 1, "1e+00")]
    [InlineData(0.5, 1, "0.5")]
    [InlineData(10.0, 2, "1e+01")]
    [InlineData(0.3333333333333333, 5, "0.33333")]
    [InlineData(99.96, 5, "99.96")]
    [InlineData(1.0 / 3, 17, "0.33333333333333331")]
    public void Other_digits_print_as_python_prints_them(double value, int digits, string expected) =>
        PythonText.General(value, digits).ShouldBe(expected);

    [Theory]
    [InlineData(0.125, 2, "0.12")]
    [InlineData(0.375, 2, "0.38")]
    [InlineData(0.545, 2, "0.55")]
    [InlineData(0.285, 2, "0.28")]
    [InlineData(0.5, 0, "0")]
    [InlineData(1.5, 0, "2")]
    [InlineData(0.49414519906323184, 2, "0.49")]
    public void Fixed_decimals_print_as_python_prints_them(double value, int decimals, string expected) =>
        PythonText.Fixed(value, decimals).ShouldBe(expected);

    [Fact]
    public void Seventeen_digits_read_back_as_the_same_number() =>
        Gen.Double[1e-9, 1e9]
            .Sample(value =>
                double.Parse(PythonText.General(value, 17), System.Globalization.CultureInfo.InvariantCulture) == value
            );

    [Theory]
    [InlineData(0.0, "0:00:00")]
    [InlineData(1.5, "0:00:01.500000")]
    [InlineData(15.4, "0:00:15.400000")]
    [InlineData(3661.0, "1:01:01")]
    [InlineData(90061.25, "1 day, 1:01:01.250000")]
    [InlineData(180000.0, "2 days, 2:00:00")]
    [InlineData(0.000001, "0:00:00.000001")]
    public void Durations_print_as_python_prints_them_and_read_back(double seconds, string expected)
    {
        PythonText.TimeDelta(TimeSpan.FromSeconds(seconds)).ShouldBe(expected);
        PythonText.TryParseDuration(expected, out var back).ShouldBeTrue();
        back.TotalSeconds.ShouldBe(seconds, 1e-9);
    }

    [Theory]
    [InlineData("16.6", 16.6)]
    [InlineData("0", 0)]
    public void Plain_seconds_are_durations_too(string text, double seconds)
    {
        PythonText.TryParseDuration(text, out var duration).ShouldBeTrue();
        duration.TotalSeconds.ShouldBe(seconds, 1e-9);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("0:61:00")]
    [InlineData("1:2")]
    [InlineData("a:b:c")]
    [InlineData("1 week, 0:00:00")]
    [InlineData("nan")]
    public void Other_text_is_no_duration(string text) => PythonText.TryParseDuration(text, out _).ShouldBeFalse();
}
