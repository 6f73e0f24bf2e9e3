using RandomizedSmoothing.Cli;

return await RsmoothApp.InvokeAsync(args, Terminal.FromConsole());
