using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Node.Submission;

/// <summary>Whether networks that are trained on one split can be certified on another, and whether that says anything.</summary>
internal static class SplitComparison
{
    /// <summary>Compares the two splits of a data set before anything is trained.</summary>
    /// <param name="training">The split that networks are trained on.</param>
    /// <param name="certified">The split that is certified.</param>
    /// <param name="note">Hears what a person should know.</param>
    /// <exception cref="UserErrorException">They have not as many classes.</exception>
    public static void Run(DatasetReference training, DatasetReference certified, Action<string> note)
    {
        var name = certified.Name;
        if (training.Classes != certified.Classes)
        {
            throw new UserErrorException(
                $"The data set {name} has {training.Classes} classes in its training split and {certified.Classes} in the split that is certified, "
                    + "and a network has one number of classes. Where labels are numbers, give the data set 'classes: "
                    + $"{Math.Max(training.Classes, certified.Classes)}'; where classes are folders, make an empty one for each that is missing."
            );
        }

        if (training.Hash == certified.Hash && certified.Spec.Split != training.Spec.Split)
        {
            note(
                $"WARNING: the networks for {name} are trained on the very images that are certified: both splits are read from the same files. "
                    + "Accuracies and radii then say nothing of new images. Give the data set train and test files of its own."
            );
        }

        var odd = Enumerable
            .Range(0, training.Classes)
            .FirstOrDefault(label => training.ClassNames[label] != certified.ClassNames[label], -1);
        if (odd >= 0)
        {
            note(
                $"WARNING: the label {odd} of {name} is '{training.ClassNames[odd]}' in the training split and '{certified.ClassNames[odd]}' in the "
                    + "split that is certified. Check that both have the same class folders."
            );
        }
    }
}
