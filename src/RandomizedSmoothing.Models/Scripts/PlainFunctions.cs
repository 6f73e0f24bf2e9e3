using RandomizedSmoothing.Models.Freezing;

namespace RandomizedSmoothing.Models.Scripts;

/// <summary>Functions of numbers, truth values, strings and lists.</summary>
internal static class PlainFunctions
{
    private const int LongestList = 100_000;

    /// <exception cref="NotFreezableException">Not known, or of other operands.</exception>
    public static object? Call(string name, IReadOnlyList<object?> a, Trace trace)
    {
        if (!IsProportional(name, a))
        {
            // Where a list is cut matters, and not what it holds.
            trace.Decide(name, name == "slice" ? a.Skip(1) : a);
        }

        return name switch
        {
            "prim.RaiseException" => throw new NotFreezableException("a failure that it reports itself"),
            "prim.NumToTensor" or "Int" or "IntImplicit" or "ScalarImplicit" when a[0] is long => a[0],
            "range" => Builtins.Range(a),
            "__range_length" => (long)Builtins.Range(a).Count,
            "__derive_index" when a is [long i, long start, long step] => checked(start + i * step),

            // As where gradients are wanted: attention then computes in its parts, which are known here.
            "is_grad_enabled" => true,
            "is_autocast_enabled" => false,
            "all" when a is [IReadOnlyList<object?> list] => list.All(Builtins.Truth),
            "any" when a is [IReadOnlyList<object?> list] => list.Any(Builtins.Truth),
            "str" or "device" when a is [string] => a[0],
            "find" when a is [string text, string part, ..] => (long)text.IndexOf(part, StringComparison.Ordinal),
            "len" when a[0] is IReadOnlyList<object?> list => (long)list.Count,
            "len" when a[0] is string text => (long)text.Length,
            "list" when a[0] is IReadOnlyList<object?> list => list.ToList(),
            "append" when a[0] is List<object?> list => Builtins.Append(list, a[1]),
            "slice" when a[0] is IReadOnlyList<object?> list => Slice(list, a),
            "add"
                when a[0] is IReadOnlyList<object?> left
                    && a[1] is IReadOnlyList<object?> right
                    && left.Count + right.Count <= LongestList => left.Concat(right).ToList(),
            "__getitem__" => Builtins.Item(a[0], a[1], trace),
            "__contains__" when a[0] is IReadOnlyList<object?> list => list.Any(item => Equals(item, a[1])),
            "__is__" => ReferenceEquals(a[0], a[1]),
            "__isnot__" => !ReferenceEquals(a[0], a[1]),
            "__not__" => !Builtins.Truth(a[0]),
            "__and__" => Builtins.Truth(a[0]) && Builtins.Truth(a[1]),
            "__or__" => Builtins.Truth(a[0]) || Builtins.Truth(a[1]),
            "bool" when a[0] is bool => a[0],
            "bool" when a[0] is long whole => whole != 0,
            "bool" when a[0] is double real => real != 0,

            // Whether there is a message may decide; what it says in detail does not.
            "format" when a[0] is string template => template,
            "warn" => "",
            "eq" when a[0] is not (long or double) => AreEqual(a[0], a[1]),
            "ne" when a[0] is not (long or double) => !AreEqual(a[0], a[1]),
            "neg" => Builtins.Negate(a[0]),
            "Float" or "float" or "FloatImplicit" => Real(a[0]),
            "int" => a[0] is long ? a[0] : checked((long)Math.Truncate(Real(a[0]))),
            "floor" => (long)Math.Floor(Real(a[0])),
            "ceil" => (long)Math.Ceiling(Real(a[0])),
            "sqrt" => Math.Sqrt(Real(a[0])),
            "div" when a is [>= 0L, > 0L, "trunc" or "floor"] => (long)a[0]! / (long)a[1]!,
            _ when a is [long left, long right] => Whole(name, left, right),
            _ when a is [long or double, long or double] => Reals(name, Real(a[0]), Real(a[1])),
            _ => throw Unknown(name),
        };
    }

    // What follows the rows of the batch in a straight line, as a trace can see.
    private static bool IsProportional(string name, IReadOnlyList<object?> a) =>
        name
            is "add"
                or "sub"
                or "mul"
                or "neg"
                or "len"
                or "list"
                or "append"
                or "format"
                or "warn"
                or "prim.NumToTensor"
        || (name is "int" or "Int" or "IntImplicit" or "ScalarImplicit" && a is [long])
        || (name is "div" && a is [_, _])
        || (
            name is "div" or "floordiv" or "floor_divide"
            && a is [long whole, long and not 0 and var by, ..]
            && whole % by == 0
        );

    private static object Whole(string name, long a, long b) =>
        name switch
        {
            "add" => checked(a + b),
            "sub" => checked(a - b),
            "mul" => checked(a * b),
            "floordiv" or "floor_divide" when b != 0 => (a / b) - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0),
            "remainder" when b != 0 => ((a % b) + b) % b,
            "max" or "prim.max" => Math.Max(a, b),
            "min" or "prim.min" => Math.Min(a, b),
            _ => Reals(name, a, b),
        };

    private static object Reals(string name, double a, double b) =>
        name switch
        {
            "add" => a + b,
            "sub" => a - b,
            "mul" => a * b,
            "div" => a / b,
            "pow" => Math.Pow(a, b),
            "max" or "prim.max" => Math.Max(a, b),
            "min" or "prim.min" => Math.Min(a, b),
            "eq" => a == b,
            "ne" => a != b,
            "lt" => a < b,
            "le" => a <= b,
            "gt" => a > b,
            "ge" => a >= b,
            _ => throw Unknown(name),
        };

    private static List<object?> Slice(IReadOnlyList<object?> list, IReadOnlyList<object?> a)
    {
        int At(int place, int otherwise) =>
            a.Count > place && a[place] is long at
                ? (int)Math.Clamp(at < 0 ? at + list.Count : at, 0, list.Count)
                : otherwise;
        var (start, end) = (At(1, 0), At(2, list.Count));
        return a.Count > 3 && a[3] is not 1L
            ? throw Unknown("slice with a step")
            : [.. list.Skip(start).Take(Math.Max(0, end - start))];
    }

    private static bool AreEqual(object? a, object? b) =>
        a is IReadOnlyList<object?> left && b is IReadOnlyList<object?> right
            ? left.SequenceEqual(right)
            : Equals(a, b);

    private static double Real(object? value) =>
        value switch
        {
            long whole => whole,
            double real => real,
            _ => throw new NotFreezableException("arithmetic with something that is no number"),
        };

    private static NotFreezableException Unknown(string name) => new($"the function {name}, which is not known here");
}
