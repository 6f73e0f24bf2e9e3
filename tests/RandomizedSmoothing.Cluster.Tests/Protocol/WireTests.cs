using System.Collections;
using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using Akka.Actor;
using Google.Protobuf;
using RandomizedSmoothing.Cluster.Aggregation;
using RandomizedSmoothing.Cluster.Coordination;
using RandomizedSmoothing.Cluster.Ledger;
using RandomizedSmoothing.Cluster.Protocol;
using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster.Tests.Protocol;

/// <summary>Messages on the wire.</summary>
public sealed class WireTests : IDisposable
{
    private readonly ActorSystem _system = ActorSystem.Create("wire");

    public static TheoryData<Type> MessageTypes =>
        new(
            typeof(IWireMessage)
                .Assembly.GetTypes()
                .Where(type =>
                    type.IsAssignableTo(typeof(IWireMessage)) && type is { IsInterface: false, IsAbstract: false }
                )
        );

    private WireSerializer Serializer => new((ExtendedActorSystem)_system);

    public void Dispose() => _system.Dispose();

    [Theory]
    [MemberData(nameof(MessageTypes))]
    public void Every_wire_message_comes_back_as_it_went(Type type)
    {
        var sample = new Samples();
        for (var variant = 0; variant < 3; variant++)
        {
            var message = sample.Make(type)!;

            var back = Serializer.FromBinary(Serializer.ToBinary(message), Serializer.Manifest(message));

            back.ShouldBeOfType(type);
            Describe(back).ShouldBe(Describe(message));
        }
    }

    [Fact]
    public void A_field_of_a_newer_version_is_ignored()
    {
        var message = new SweepCommands.Submit(new SweepId("a"));
        var newer = Serializer.ToBinary(message).ToList();
        using var stream = new MemoryStream();
        using (var output = new CodedOutputStream(stream))
        {
            output.WriteTag(1000, WireFormat.WireType.LengthDelimited);
            output.WriteString("from the future");
        }

        newer.AddRange(stream.ToArray());

        Serializer.FromBinary([.. newer], Serializer.Manifest(message)).ShouldBe(message);
    }

    [Fact]
    public void The_largest_parts_fit_a_frame_with_room_to_spare()
    {
        var manyClasses = new VoteCounts([.. Enumerable.Repeat(100_000L, 20_000)]);
        var votes = new CellProtocol.RecordVotes(
            new SweepId("a"),
            new CellId("c"),
            new DeviceStamp("n", "cpu:0", "cpu", "d", "s"),
            1,
            [new VoteSnapshot(1, DrawStream.Estimation, manyClasses, 0)]
        );

        Serializer.ToBinary(votes).Length.ShouldBeLessThan(ClusterHocon.MaximumFrameBytes / 4);
    }

    [Fact]
    public void Lists_of_many_parts_fit_a_frame_with_room_to_spare()
    {
        var text = new string('x', 100);
        var sweep = new SweepId("a");
        var cell = new CellId(text);
        var key = TestSweeps.Hash("key");
        var device = new DeviceView(new DeviceDescription("cuda:0", "cuda", text), text, null);
        var progress = new SweepProgress
        {
            Sweep = sweep,
            Name = text,
            State = SweepState.Running,
            Cells = [.. Enumerable.Repeat(new CellProgress(cell, 50_000, 50_000, 1L << 40, 50_000), 500)],
            Trainings = [.. Enumerable.Repeat(new TrainingStatus(key, text, 0.25, 0.123456789, false, text), 500)],
            Warnings = [.. Enumerable.Repeat(new string('x', WireText.MostCharacters), 50)],
        };
        IWireMessage[] messages =
        [
            new SweepQueries.ProgressPage(progress, 5000),
            new SweepQueries.Workers([new WorkerView(text, false, [.. Enumerable.Repeat(device, 500)])], 5000),
            new CellProtocol.CellSettled(
                sweep,
                cell,
                new OrdinalRange(0, 50_000),
                [.. Enumerable.Repeat(new OrdinalRange(49_999, 49_999), CellTally.MostRanges)],
                1,
                1
            ),
        ];

        messages.ShouldAllBe(m => Serializer.ToBinary(m).Length < ClusterHocon.MaximumFrameBytes * 3 / 4);
    }

    [Fact]
    public void Texts_of_any_length_are_cut_to_one_that_fits() =>
        WireText.Clip(new string('x', 1 << 20)).Length.ShouldBe(WireText.MostCharacters);

    private static string Describe(object? value) =>
        value switch
        {
            null => "null",
            string text => $"'{text}'",
            VoteCounts or IFormattable => string.Create(CultureInfo.InvariantCulture, $"{value}"),
            IEnumerable all => $"[{string.Join(", ", all.Cast<object?>().Select(Describe))}]",
            _ when value.GetType().Namespace == "System" => value.ToString()!,
            _ =>
                $"{value.GetType().Name}({string.Join(
                ", ",
                value
                    .GetType()
                    .GetProperties()
                    .Where(p => p.GetIndexParameters().Length == 0)
                    .Select(p => $"{p.Name}={Describe(p.GetValue(value))}")
            )})",
        };

    private sealed class Samples
    {
        private int _next;

        public object? Make(Type type)
        {
            if (Nullable.GetUnderlyingType(type) is { } inner)
            {
                return Make(inner);
            }

            _next++;
            return type switch
            {
                _ when type == typeof(string) => string.Create(CultureInfo.InvariantCulture, $"text-{_next}"),
                _ when type == typeof(int) => _next,
                _ when type == typeof(long) => 1L << (_next % 60),
                _ when type == typeof(byte) => (byte)(_next % 256),
                _ when type == typeof(double) => _next + 0.25,
                _ when type == typeof(bool) => _next % 2 == 0,
                _ when type == typeof(TimeSpan) => TimeSpan.FromMilliseconds(_next),
                _ when type == typeof(WorkUnit) => Make(_next % 2 == 0 ? typeof(ShardWork) : typeof(TrainingWork)),
                _ when type == typeof(VoteCounts) => new VoteCounts(_next, 0, 5),
                _ when type == typeof(ShardWork) => new ShardWork((SampleShard)Make(typeof(SampleShard))!),
                _ when type.IsEnum => Enum.GetValues(type).GetValue(_next % Enum.GetValues(type).Length),
                _ when type == typeof(IReadOnlyDictionary<string, double>) => new Dictionary<string, double>
                {
                    ["key"] = _next,
                },
                { IsGenericType: true } => MakeList(type),
                _ => MakeRecord(type),
            };
        }

        private object MakeList(Type type)
        {
            var element = type.GetGenericArguments()[0];
            var array = Array.CreateInstance(element, 1 + (_next % 2));
            for (var i = 0; i < array.Length; i++)
            {
                array.SetValue(Make(element), i);
            }

            return type.GetGenericTypeDefinition() == typeof(ImmutableArray<>)
                ? ImmutableArray.Create((byte[])array)
                : array;
        }

        private object MakeRecord(Type type)
        {
            var constructor = type.GetConstructors(BindingFlags.Public | BindingFlags.Instance)
                .OrderByDescending(c => c.GetParameters().Length)
                .First();
            var made = constructor.Invoke([.. constructor.GetParameters().Select(p => Make(p.ParameterType))]);
            if (constructor.GetParameters().Length == 0)
            {
                foreach (var property in type.GetProperties().Where(p => p.CanWrite))
                {
                    property.SetValue(made, Make(property.PropertyType));
                }
            }

            return made;
        }
    }
}
