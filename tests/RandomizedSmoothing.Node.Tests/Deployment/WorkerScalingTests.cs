using k8s.Models;

namespace RandomizedSmoothing.Node.Tests.Deployment;

public sealed class WorkerScalingTests
{
    [SkippableFact]
    public async Task The_autoscaler_alone_decides_how_many_workers_there_are()
    {
        var manifests = await Manifests.OfAsync("hpa");

        var scaling = manifests.One<V2HorizontalPodAutoscaler>("worker");
        var workers = manifests.One<V1Deployment>(scaling.Spec.ScaleTargetRef.Name);
        scaling.Spec.ScaleTargetRef.Kind.ShouldBe("Deployment");
        workers.Spec.Replicas.ShouldBeNull();
    }

    [SkippableFact]
    public async Task A_share_of_the_processor_is_a_share_of_something_requested()
    {
        var manifests = await Manifests.OfAsync("hpa");

        var metric = manifests.One<V2HorizontalPodAutoscaler>("worker").Spec.Metrics.ShouldHaveSingleItem();
        metric.Resource.Target.Type.ShouldBe("Utilization");
        manifests
            .One<V1Deployment>("worker")
            .Spec.Template.Spec.Containers.ShouldAllBe(c => c.Resources.Requests.ContainsKey(metric.Resource.Name));
    }

    [SkippableFact]
    public async Task A_worker_that_is_taken_away_has_time_to_drain_before_the_next_is()
    {
        var manifests = await Manifests.OfAsync("hpa");

        var down = manifests.One<V2HorizontalPodAutoscaler>("worker").Spec.Behavior.ScaleDown;
        var grace = manifests.One<V1Deployment>("worker").Spec.Template.Spec.TerminationGracePeriodSeconds;
        down.Policies.ShouldAllBe(p => p.PeriodSeconds >= grace);
        down.StabilizationWindowSeconds!.Value.ShouldBeGreaterThan(0);
    }
}
