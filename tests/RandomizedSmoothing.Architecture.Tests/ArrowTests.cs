using System.Reflection;
using NetArchTest.Rules;
using RandomizedSmoothing.Cli;
using RandomizedSmoothing.Cluster;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Models;
using RandomizedSmoothing.Node;
using RandomizedSmoothing.Reporting;

namespace RandomizedSmoothing.Architecture.Tests;

/// <summary>Data flows one way: each house may use only the houses to its left.</summary>
public sealed class ArrowTests
{
    private static readonly Dictionary<string, Assembly> Houses = new()
    {
        ["Core"] = typeof(CoreAssembly).Assembly,
        ["Models"] = typeof(ModelsAssembly).Assembly,
        ["Cluster"] = typeof(ClusterAssembly).Assembly,
        ["Reporting"] = typeof(ReportingAssembly).Assembly,
        ["Node"] = typeof(NodeAssembly).Assembly,
        ["Cli"] = typeof(CliAssembly).Assembly,
    };

    private static readonly Dictionary<string, string[]> AllowedHouses = new()
    {
        ["Core"] = [],
        ["Models"] = ["Core"],
        ["Cluster"] = ["Core"],
        ["Reporting"] = ["Core"],
        ["Node"] = ["Core", "Models", "Cluster", "Reporting"],
        ["Cli"] = ["Core", "Models", "Cluster", "Reporting", "Node"],
    };

    public static TheoryData<string> HouseNames => new(Houses.Keys);

    [Theory]
    [MemberData(nameof(HouseNames))]
    public void A_house_uses_only_the_houses_it_may(string house)
    {
        var used = References(house)
            .Where(name => name.StartsWith("RandomizedSmoothing.", StringComparison.Ordinal))
            .Select(name => name["RandomizedSmoothing.".Length..]);

        used.ShouldBeSubsetOf(AllowedHouses[house]);
    }

    [Theory]
    [InlineData("Core", "Akka", "TorchSharp", "Microsoft.AspNetCore", "ScottPlot", "Microsoft.Data.Sqlite", "Npgsql")]
    [InlineData("Models", "Akka", "Microsoft.AspNetCore", "ScottPlot")]
    [InlineData("Cluster", "TorchSharp", "Microsoft.AspNetCore", "ScottPlot")]
    [InlineData("Reporting", "Akka", "TorchSharp", "Microsoft.AspNetCore")]
    [InlineData("Cli", "Akka")]
    public void A_house_keeps_foreign_technology_out(string house, params string[] foreign)
    {
        References(house)
            .ShouldNotContain(
                name => foreign.Any(f => name == f || name.StartsWith(f + ".", StringComparison.Ordinal)),
                house
            );
    }

    [Fact]
    public void Core_references_nothing_but_the_runtime_and_the_sweep_file_reader()
    {
        References("Core")
            .Where(n => !n.StartsWith("System", StringComparison.Ordinal) && n != "Microsoft.Win32.Primitives")
            .ShouldBeSubsetOf(["YamlDotNet"]);
    }

    [Theory]
    [MemberData(nameof(HouseNames))]
    public void Public_classes_are_sealed_static_or_meant_as_bases(string house)
    {
        var open = Types
            .InAssembly(Houses[house])
            .That()
            .ArePublic()
            .And()
            .AreClasses()
            .And()
            .AreNotAbstract()
            .And()
            .AreNotSealed()
            .GetTypes()
            .Where(type =>
                type.Namespace is not null
                && !type.Namespace.EndsWith(".Wire", StringComparison.Ordinal)
                && !IsGenerated(type)
            )
            .Where(type => !Houses[house].GetTypes().Any(other => other.BaseType == type))
            .Select(type => type.FullName);

        open.ShouldBeEmpty();
    }

    private static bool IsGenerated(Type type) =>
        type.Name == "_Imports"
        || type.IsDefined(typeof(System.CodeDom.Compiler.GeneratedCodeAttribute), false)
        || type.IsDefined(typeof(System.Runtime.CompilerServices.CompilerGeneratedAttribute), false)
        || (type.BaseType?.FullName?.StartsWith("Microsoft.AspNetCore.Components.", StringComparison.Ordinal) ?? false);

    private static IEnumerable<string> References(string house) =>
        Houses[house].GetReferencedAssemblies().Select(reference => reference.Name!);
}
