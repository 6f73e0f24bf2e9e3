using System.Collections.Immutable;
using System.Globalization;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Models.Datasets;

/// <summary>
/// A table with an image a row: pixels 0 to 255, row by row (colour: the red plane, then green, then blue), and the label, a class
/// number from 0. The label is the column headed <c>label</c>; without a header the one that the format's name says, and where
/// it says none the last one, if the values leave no doubt. Images are square: k² pixels are grey, 3k² are colour. One file, or a
/// folder with <c>train.csv</c> and <c>test.csv</c>; plain or gzipped.
/// </summary>
/// <param name="name">One of <see cref="Names"/>.</param>
internal sealed class CsvFormat(string name = CsvFormat.Plain) : IDatasetFormat
{
    /// <summary>Name of the format that sees for itself where the label is.</summary>
    public const string Plain = "csv";

    /// <summary>Name of the format with the label in the first column, unless a header says otherwise.</summary>
    public const string LabelFirst = "csv-label-first";

    /// <summary>Name of the format with the label in the last column, unless a header says otherwise.</summary>
    public const string LabelLast = "csv-label-last";

    private const int MostClasses = 100_000;
    private const long MostBytes = 8L << 30;

    /// <summary>All names.</summary>
    public static ImmutableArray<string> Names { get; } = [Plain, LabelFirst, LabelLast];

    public string Name => name;

    public bool IsPresent(DatasetSource source) => Find(source) is not null;

    public ImageDataset Read(DatasetSource source)
    {
        var path =
            Find(source)
            ?? throw new UserErrorException(
                $"The {source.Split} split of {source.Name} is not in '{source.Path}': {source.Split}.csv, plain or .gz, is expected there. "
                    + "Check the data set's path."
            );
        using var file = SourceFile.Open(path);
        using var reader = new StreamReader(file.AsStream(MostBytes, "a table of images"));
        var table = new Table(file, name);
        while (file.ReadLine(reader) is { } line)
        {
            table.Add(line);
        }

        return table.ToDataset(source);
    }

    private static string? Find(DatasetSource source) =>
        File.Exists(source.Path)
            ? source.Path
            : new[] { $"{source.Split}.csv", $"{source.Split}.csv.gz" }
                .Select(name => Path.Combine(source.Path, name))
                .FirstOrDefault(File.Exists);

    private sealed class Table(SourceFile file, string format)
    {
        private readonly List<byte> _pixels = [];
        private readonly ImmutableArray<int>.Builder _labels = ImmutableArray.CreateBuilder<int>();
        private int _line;
        private int _columns;
        private int _labelColumn = -1;
        private bool _hasHeader;
        private readonly HashSet<int> _firstColumn = [];

        public void Add(string line)
        {
            _line++;
            if (line.Length == 0)
            {
                return;
            }

            var fields = line.Split(',');
            if (_columns == 0)
            {
                _columns = fields.Length;
                var header = Array.FindIndex(
                    fields,
                    f => f.Trim(' ', '"').Equals("label", StringComparison.OrdinalIgnoreCase)
                );
                _labelColumn =
                    header >= 0 ? header
                    : format == LabelFirst ? 0
                    : _columns - 1;
                _hasHeader = header >= 0;
                if (_hasHeader)
                {
                    return;
                }
            }

            if (fields.Length != _columns)
            {
                throw At($"it has {fields.Length} columns where the first line has {_columns}");
            }

            for (var column = 0; column < fields.Length; column++)
            {
                var field = fields[column].AsSpan().Trim().Trim('"');
                if (!TryWhole(field, out var value))
                {
                    throw At(
                        field.Contains(';') ? "the fields are parted by semicolons, and commas are needed"
                        : field.Contains('\t') ? "the fields are parted by tabs, and commas are needed"
                        : _labels.Count == 0
                        && !_hasHeader
                        && column == 0
                        && field is [var initial, ..]
                        && char.IsLetter(initial)
                            ? $"the columns have names ('{Shortened(fields[0])}' is the first), and none is 'label', which marks the label's"
                        : IsShare(field)
                            ? $"column {column + 1} is '{Shortened(fields[column])}', and pixels in [0,1] must be multiplied by 255 and rounded"
                        : $"column {column + 1} is '{Shortened(fields[column])}', and must be a whole number"
                    );
                }

                if (column == 0)
                {
                    _firstColumn.Add(value);
                }

                if (column == _labelColumn)
                {
                    _labels.Add(value < MostClasses ? value : throw At($"the label {value} is no class number"));
                }
                else
                {
                    _pixels.Add(
                        value <= 255 ? (byte)value : throw At($"the pixel in column {column + 1} is {value}, above 255")
                    );
                }
            }
        }

        public ImageDataset ToDataset(DatasetSource source)
        {
            if (_labels.Count == 0)
            {
                throw file.Fault("it holds no image", "Check that it is the right file");
            }

            var shape = ShapeOf(_columns - 1);
            RequireClearLabels();
            var classes = source.Names.IsEmpty ? DatasetNames.Numbered(Math.Max(2, _labels.Max() + 1)) : source.Names;
            if (_labels.Max() >= classes.Length)
            {
                throw file.Fault(
                    $"it has the label {_labels.Max()}, but {source.Name} has {classes.Length} classes",
                    "Check that it is the right file"
                );
            }

            return new ImageDataset(source.Name, source.Split, shape, classes, _labels.ToImmutable(), [.. _pixels]);
        }

        // Tables with the label in front are as common. Taken for pixels they would give a sound answer to a wrong question. So the
        // last column must look like labels (most numbers up to the greatest occur), and the first like a pixel: a black border, or
        // brighter than any label in question.
        private void RequireClearLabels()
        {
            if (_hasHeader || format != Plain)
            {
                return;
            }

            var last = _labels.ToHashSet();
            var areLabels = last.Count > 1 && 2 * last.Count > last.Max() + 1;
            var isPixel = _firstColumn.Max() is var most && (most == 0 || most >= Math.Max(128, 2 * (last.Max() + 1)));
            if (!areLabels || !isPixel)
            {
                throw file.Fault(
                    $"without a header it is not clear which column is the label: the last has {Values(last)}, the first {Values(_firstColumn)}",
                    $"Give it a first line that names the columns, with 'label' over the label's, or say the format {LabelFirst} or {LabelLast}"
                );
            }
        }

        private static string Values(HashSet<int> values) =>
            values.Count == 1 ? $"the one value {values.Max()}" : $"{values.Count} values up to {values.Max()}";

        private ImageShape ShapeOf(int pixels)
        {
            foreach (var channels in new[] { 1, 3 })
            {
                var side = (int)Math.Round(Math.Sqrt(pixels / channels));
                if (side > 0 && side * side * channels == pixels)
                {
                    return new ImageShape(channels, side, side);
                }
            }

            throw file.Fault(
                $"{pixels} pixels are no square grey image (k²) and no square colour image (3k²)",
                "Check that one column, and only one, is the label"
            );
        }

        // Tables that went through floating point have 161.0 for 161.
        private static bool TryWhole(ReadOnlySpan<char> field, out int value)
        {
            var point = field.IndexOf('.');
            return int.TryParse(
                point > 0 && field[(point + 1)..].IndexOfAnyExcept('0') < 0 ? field[..point] : field,
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out value
            );
        }

        private static bool IsShare(ReadOnlySpan<char> field) =>
            double.TryParse(
                field,
                NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent,
                CultureInfo.InvariantCulture,
                out var number
            ) && number is >= 0 and <= 1;

        private static string Shortened(string text) => text.Length <= 20 ? text : text[..20] + "…";

        private UserErrorException At(string problem) =>
            file.Fault(
                $"in line {_line} {problem}",
                "Correct the line; pixels are 0 to 255 and the label is a class number from 0"
            );
    }
}
