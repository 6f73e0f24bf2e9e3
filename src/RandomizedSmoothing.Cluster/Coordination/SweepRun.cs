using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Noise;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster.Coordination;

/// <summary>A training run of a sweep.</summary>
public sealed class TrainingRun(ModelReference model)
{
    /// <summary>The base classifier.</summary>
    public ModelReference Model { get; } = model;

    /// <summary>What to train.</summary>
    public TrainingTask Task { get; } = model.Training!;

    /// <summary>The lease under which it is trained; null while nobody does.</summary>
    public LeaseId? Lease { get; set; }

    /// <summary>Failed attempts.</summary>
    public int Attempts { get; set; }

    /// <summary>Lost devices without progress.</summary>
    public int Losses { get; set; }

    /// <summary>The workers whose machines could not do it.</summary>
    public HashSet<string> AtFault { get; } = [];

    /// <summary>How far the run under way is, 0 to 1.</summary>
    public double Fraction { get; set; }

    /// <summary>Digest of the checkpoint that the last device handed back; null for none.</summary>
    public ContentHash? Checkpoint { get; set; }

    /// <summary>Digest of the finished file; null before.</summary>
    public ContentHash? File { get; set; }

    /// <summary>Why it is given up; null while it is not.</summary>
    public string? Failure { get; set; }

    /// <summary>Whether it can be handed out.</summary>
    public bool IsPending => File is null && Failure is null && Lease is null;
}

/// <summary>One sweep in the coordinator's memory.</summary>
public sealed class SweepRun
{
    private static readonly TimeSpan EstimateAgainAfter = TimeSpan.FromMilliseconds(250);

    private readonly Dictionary<CellId, CellRun> _byId;
    private readonly Dictionary<ContentHash, ModelReference> _models;
    private readonly Dictionary<ContentHash, TrainingRun> _trainings;
    private (double Draws, TimeSpan At)? _left;

    /// <summary>A sweep whose cells are not yet opened.</summary>
    public SweepRun(SweepDefinition definition, SweepState state, int priority, long order)
    {
        Definition = definition;
        State = state;
        Recorded = state;
        Priority = priority;
        Order = order;
        Cells =
        [
            .. definition.Cells.Select(
                (cell, index) =>
                    new CellRun(
                        cell,
                        definition.DatasetOf(cell).Count,
                        DrawsOf(definition, cell),
                        images => Work.Change(index, images)
                    )
            ),
        ];
        _byId = Cells.ToDictionary(cell => cell.Definition.Id);
        _models = definition.Models.GroupBy(model => model.Key).ToDictionary(same => same.Key, same => same.First());
        var used = definition.Cells.Select(cell => cell.Model).ToHashSet();
        Trainings =
        [
            .. definition
                .Models.Where(m => m.Training is not null && used.Contains(m.Key))
                .Select(m => new TrainingRun(m)),
        ];
        _trainings = Trainings.GroupBy(t => t.Task.Key).ToDictionary(same => same.Key, same => same.First());
        DrawsPlanned = Cells.Sum(cell => cell.Images * cell.DrawsPerImage);
    }

    /// <summary>What the sweep is.</summary>
    public SweepDefinition Definition { get; }

    /// <summary>The sweep's id.</summary>
    public SweepId Id => Definition.Id;

    /// <summary>Its state.</summary>
    public SweepState State { get; set; }

    /// <summary>The state that the ledger has.</summary>
    public SweepState Recorded { get; set; }

    /// <summary>
    /// The state that people are told. An end is told once it is recorded, and with it what was given up: whoever hears of it reads
    /// both from the ledger.
    /// </summary>
    public SweepState Told => IsFinal && Recorded != State ? SweepState.Running : State;

    /// <summary>Why it is in this state.</summary>
    public string? Reason { get; set; }

    /// <summary>Higher goes first.</summary>
    public int Priority { get; set; }

    /// <summary>Of equal priority, lower goes first.</summary>
    public long Order { get; }

    /// <summary>The cells in grid order.</summary>
    public IReadOnlyList<CellRun> Cells { get; }

    /// <summary>What of them nobody has.</summary>
    public PendingWork Work { get; } = new();

    /// <summary>The training runs of its models.</summary>
    public IReadOnlyList<TrainingRun> Trainings { get; }

    /// <summary>Things a person should see, each once.</summary>
    public List<string> Warnings { get; } = [];

    /// <summary>Its speed.</summary>
    public DrawMeter Meter { get; } = new();

    /// <summary>What its cells have done together, kept along because it is asked for many times a second.</summary>
    public Counted Done { get; private set; }

    /// <summary>Draws that the plan needs at most.</summary>
    public long DrawsPlanned { get; }

    /// <summary>Takes in a cell's totals; returns how many draws are new.</summary>
    public long Advance(CellRun cell, int imagesDone, long draws)
    {
        var added = cell.Advance(imagesDone, draws);
        Done = new Counted(Done.Images + added.Images, Done.Draws + added.Draws);
        return added.Draws;
    }

    /// <summary>The cell of this id, or null.</summary>
    public CellRun? Find(CellId id) => _byId.GetValueOrDefault(id);

    /// <summary>The training run of this key, or null.</summary>
    public TrainingRun? FindTraining(ContentHash key) => _trainings.GetValueOrDefault(key);

    /// <summary>The base classifier's file of a cell; null while it is not trained.</summary>
    public ContentHash? ModelFileOf(CellDefinition cell)
    {
        var model = _models[cell.Model];
        return model.Training is { } task ? FindTraining(task.Key)?.File : model.FileHash;
    }

    /// <summary>The training run that a cell waits for or used; null for an imported model.</summary>
    public TrainingRun? TrainingOf(CellDefinition cell) =>
        _models[cell.Model].Training is { } task ? FindTraining(task.Key) : null;

    /// <summary>Whether nothing more will happen by itself.</summary>
    public bool IsFinal => State.IsFinal();

    /// <summary>
    /// The draws that are still to come, estimated from the finished images where the plan does not fix them; estimated anew a few
    /// times a second at most, because every cell is looked at.
    /// </summary>
    public double DrawsLeft(TimeSpan now)
    {
        if (_left is not { } known || now - known.At >= EstimateAgainAfter)
        {
            _left = known = (Cells.Where(c => c.Failure is null).Sum(DrawsLeftOf), now);
        }

        return known.Draws;
    }

    /// <summary>Draws that an image of a cell takes, estimated from the finished ones where the plan does not fix them.</summary>
    public double DrawsPerImage(CellRun cell) =>
        !IsFixed && cell.ImagesDone >= 5
            ? Math.Min(cell.DrawsPerImage, (double)cell.Draws / cell.ImagesDone)
            : cell.DrawsPerImage;

    private double DrawsLeftOf(CellRun cell)
    {
        var images = cell.Images - cell.QuarantinedImages;
        var perImage = DrawsPerImage(cell);
        return Math.Max((images - cell.ImagesDone) * Math.Min(1, perImage), (images * perImage) - cell.Draws);
    }

    private static long DrawsOf(SweepDefinition sweep, CellDefinition cell)
    {
        var (selection, estimation) = CellStoppingRule.DrawsPerImage(sweep, cell);
        return selection + estimation;
    }

    private bool IsFixed => Definition.Plan is { Mode: CertificationMode.Fixed, Images: CertifiedImages.All };
}
