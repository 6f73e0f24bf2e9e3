using System.CommandLine;

namespace RandomizedSmoothing.Cli.Calc;

/// <summary><c>rsmooth calc</c>: the arithmetic of certificates, without model, data or cluster.</summary>
public static class CalcCommand
{
    /// <summary>Builds the verb and what is below it.</summary>
    public static Command Create(Terminal terminal) =>
        new("calc", "The arithmetic of certificates: bounds, radii, one certificate line by line.")
        {
            BoundCommand.Create(terminal),
            RadiusCommand.Create(terminal),
            CertificateCommand.Create(terminal),
            KtCommand.Create(terminal),
            DeductionCommand.Create(terminal),
            L0Command.Create(terminal),
            AnytimeCommand.Create(terminal),
        };
}
