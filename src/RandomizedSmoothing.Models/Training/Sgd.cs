using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RandomizedSmoothing.Models.Training;

/// <summary>
/// Stochastic gradient descent with momentum and weight decay, in the form of torch.optim.SGD (v ← μ v + g + λ w; w ← w − η v),
/// its state open to checkpoints.
/// </summary>
internal sealed class Sgd : IDisposable
{
    private readonly (string Name, Parameter Parameter, Tensor Velocity)[] _state;
    private readonly double _decay;
    private readonly Scalar _momentumScalar;
    private readonly Scalar _decayScalar;

    public Sgd(IEnumerable<(string Name, Parameter Parameter)> parameters, double momentum, double decay)
    {
        (_momentumScalar, _decayScalar, _decay) = (momentum.ToScalar(), decay.ToScalar(), decay);
        using var _ = no_grad();
        _state = [.. parameters.Select(p => (p.Name, p.Parameter, zeros_like(p.Parameter).DetachFromDisposeScope()))];
    }

    /// <summary>The velocity of every parameter, by its name.</summary>
    public IEnumerable<(string Name, Tensor Velocity)> Velocities => _state.Select(s => (s.Name, s.Velocity));

    /// <summary>Forgets the gradients.</summary>
    public void ZeroGradients()
    {
        foreach (var (_, parameter, _) in _state)
        {
            parameter.grad?.zero_();
        }
    }

    /// <summary>Scales the gradients so that their norm over all parameters is at most this; 0 leaves them.</summary>
    public void ClipGradients(double most)
    {
        if (most <= 0)
        {
            return;
        }

        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var gradients = _state.Select(s => s.Parameter.grad).OfType<Tensor>().ToArray();
        var norm = stack(gradients.Select(g => g.norm()).ToArray()).norm().item<float>();
        if (norm > most)
        {
            using var factor = (most / norm).ToScalar();
            foreach (var gradient in gradients)
            {
                gradient.mul_(factor);
            }
        }
    }

    /// <summary>One step with the gradients at hand.</summary>
    public void Step(double learningRate)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var rate = (-learningRate).ToScalar();
        foreach (var (_, parameter, velocity) in _state)
        {
            if (parameter.grad is not { } gradient)
            {
                continue;
            }

            velocity.mul_(_momentumScalar).add_(gradient, RootedScalars.One);
            if (_decay != 0)
            {
                velocity.add_(parameter, _decayScalar);
            }

            parameter.add_(velocity, rate);
        }
    }

    public void Dispose()
    {
        _momentumScalar.Dispose();
        _decayScalar.Dispose();
        foreach (var (_, _, velocity) in _state)
        {
            velocity.Dispose();
        }
    }
}
