using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Tests.Statistics;

namespace RandomizedSmoothing.Core.Tests.Certification;

public sealed class PredictionTests
{
    [Fact]
    public void Predictions_abstain_exactly_where_the_golden_p_value_exceeds_alpha()
    {
        foreach (var row in Golden.Read("predict_binom_two_sided.csv"))
        {
            var votes = new VoteCounts(0, Golden.Long(row["n2"]), Golden.Long(row["n1"]));
            Prediction.Of(votes, 0.001).Abstained.ShouldBe(row["abstain_a0.001"] == "1");
            Prediction.Of(votes, 0.0001).Abstained.ShouldBe(row["abstain_a0.0001"] == "1");
        }
    }

    [Fact]
    public void The_answer_is_the_class_with_most_votes()
    {
        var prediction = Prediction.Of(new VoteCounts(5, 80, 15), 0.001);
        prediction.Class.ShouldBe(1);
        prediction.RunnerUp.ShouldBe(15);
    }
}
